import { Effect, Token } from '@voorman/envelope';
import { z } from 'zod';
import { FieldSchemas } from '../field-schemas.js';
import { manifestObject, Version } from '../manifest-object.js';

const Budget = manifestObject({
  max_calls_per_session: z.int().min(0).max(1_000_000).default(100),
  cost_per_call_usd: z.number().min(0).max(1_000_000).default(0).describe('reserved before each call'),
  tokens_per_call: z.int().min(0).max(100_000_000).default(0).describe('reserved before each call'),
  max_parallel: z.int().min(1).max(10_000).optional().describe('calls of this tool under way at once in a session'),
});

const Retry = manifestObject({
  backoff: z.enum(['exponential', 'fixed']).default('exponential'),
  max_attempts: z.int().min(1).max(100).optional().describe('attempts in all; default 3, and 1 for effect once'),
  initial_ms: z.int().min(1).max(600_000).default(200).describe('wait before the second attempt'),
  max_ms: z.int().min(1).max(600_000).default(30_000).describe('longest wait between two attempts'),
  jitter: z.number().min(0).max(1).default(0.2).describe('share of each wait that is left to chance'),
  total_ms: z.int().min(1).max(3_600_000).optional().describe('time for all attempts together'),
});

const RateLimit = manifestObject({
  calls: z.int().min(1).max(1_000_000),
  per_seconds: z.int().min(1).max(86_400).default(1),
});

const Breaker = manifestObject({
  failures: z.int().min(1).max(1_000).default(5).describe('failures in a row that open it'),
  within_seconds: z.int().min(1).max(3_600).default(60),
  open_seconds: z
    .int()
    .min(1)
    .max(3_600)
    .default(30)
    .describe('how long nothing is sent before one call may try again'),
});

/** A tool that finds out whether a call in doubt happened: it reads, and answers `{ happened: boolean }`. */
const Probe = manifestObject({
  tool: Token,
  arguments: z
    .record(z.string(), z.json())
    .default({})
    .describe('may quote {{ call.key }} and {{ call.arguments.<field> }}'),
});

const Redaction = manifestObject({
  fields: z
    .array(
      z
        .string()
        .max(256)
        .regex(/^(\/[^/]+)+$/, 'must be a JSON pointer such as /customer/email; * stands for any key'),
    )
    .max(200)
    .default([])
    .describe('fields of the output that never reach a record'),
  keep: z
    .array(Token)
    .max(50)
    .default([])
    .describe('kinds of personal data that the detectors leave in this output, such as email; never secrets'),
});

/** What every manifest of a tool may say, whatever its type. */
export const sharedFields = {
  name: Token,
  version: Version,
  description: z.string().max(2_000).optional(),
  effect: Effect.optional().describe(
    'what a repetition does to the world; default: read for GET and HEAD, repeatable where retry.max_attempts is above 1, once otherwise',
  ),
  schema: FieldSchemas,
  budget: Budget.prefault({}),
  retry: Retry.prefault({}),
  timeout_ms: z.int().min(1).max(3_600_000).default(30_000).describe('per attempt'),
  rate_limit: RateLimit.optional().describe('over all sessions and gateways'),
  breaker: Breaker.prefault({}),
  fallback: Token.optional().describe('tool to use when this one cannot; it has the same output schema'),
  probe: Probe.optional().describe('settles calls in doubt'),
  data_classes: z
    .array(Token)
    .max(20)
    .default([])
    .describe('what kinds of data its output holds, such as customer_data; policy sees them in the session’s past'),
  redact: Redaction.prefault({}),
};
