import { z } from 'zod';
import { isJson, type Json } from '../json.js';
import { Token } from '../token.js';

/** A line that proves a claim: file, line number from 1, the line's text. */
export const Evidence = z
  .object({ source: z.string().max(255), line: z.int().min(1), text: z.string().max(2_000) })
  .meta({ id: 'Evidence' });
export type Evidence = z.infer<typeof Evidence>;

/** What went wrong, in words that may leave the process. */
export const Fault = z
  .object({ code: z.string().max(128), message: z.string().max(4_000), next: z.string().max(1_000) })
  .meta({ id: 'Fault' });
export type Fault = z.infer<typeof Fault>;

// The cast says what the refinement proves; a type guard is not carried into a schema's type.
const AnyJson = z.unknown().refine(isJson, 'is not JSON') as unknown as z.ZodType<Json>;

/** JSON as it travels in payloads. */
export const JsonObject = z.record(z.string(), AnyJson);
export type JsonObject = z.infer<typeof JsonObject>;

/** What policy asks of the enforcement point along with an allow; one that it does not know makes it a refusal. */
export const Obligation = z.looseObject({ type: z.string().max(64) }).meta({ id: 'Obligation' });
export type Obligation = z.infer<typeof Obligation>;

/** Policy's answer, as it was given, with the revision of the bundle that gave it. */
export const Decision = z
  .object({
    action: z.string().max(64).describe('tool_execute, task_delegate, publish, …'),
    allow: z.boolean(),
    reasons: z.array(z.string().max(500)).max(20),
    obligations: z.array(Obligation).max(20).optional(),
    bundle: z.string().max(128).describe('revision of the bundle; "none" where there was no usable bundle'),
    latency_us: z.number().min(0),
    input: JsonObject.optional().describe(
      'what was asked; without the arguments where the record that asked holds them; absent where it was not kept',
    ),
  })
  .meta({ id: 'Decision' });
export type Decision = z.infer<typeof Decision>;

/** How a task may end; exactly one of these. */
export const Outcome = z.enum(['completed', 'failed', 'expired', 'cancelled']).meta({ id: 'Outcome' });
export type Outcome = z.infer<typeof Outcome>;

/** The states of a bot's work on a task, in this order. */
export const TaskState = z
  .enum(['INTAKE', 'PLAN', 'RETRIEVE', 'EXECUTE', 'VERIFY', 'OUTPUT'])
  .meta({ id: 'TaskState' });
export type TaskState = z.infer<typeof TaskState>;

/** Something that was taken out of a payload before it was recorded; equal digests, equal values. */
export const Redacted = z
  .object({
    pointer: z.string().max(512).describe('JSON pointer of the place'),
    kind: z.string().max(64).describe('what it was: field, email, card, secret, …'),
    digest: z.string().max(128).describe('keyed digest of the value'),
  })
  .meta({ id: 'Redacted' });
export type Redacted = z.infer<typeof Redacted>;

/** What a session may use up, over its whole task tree. Absent: no such limit. */
export const SessionBudget = z
  .object({
    calls: z.int().min(0).optional(),
    cost_usd: z.number().min(0).optional(),
    tokens: z.int().min(0).optional(),
    seconds: z.int().min(1).optional().describe('from the session’s first record'),
    parallel: z.int().min(1).optional().describe('calls under way at once'),
    refusals: z.int().min(0).optional().describe('calls that may be refused as invalid or denied, for each bot'),
    shares: z
      .array(z.object({ agent: Token, share: z.number().min(0).max(1) }))
      .max(200)
      .optional()
      .describe('the part of calls, cost_usd and tokens that a bot may use; absent: all of it'),
  })
  .meta({ id: 'SessionBudget' });
export type SessionBudget = z.infer<typeof SessionBudget>;

/** Under what a session runs: fixed by the orchestrator when it begins, the same until it ends. */
export const SessionTerms = z
  .object({
    user: z.string().max(256).optional().describe('the person that the publisher acts for'),
    user_role: z.string().max(128).optional(),
    registry: z.string().max(128).optional().describe('revision of the registry that the session keeps'),
    budget: SessionBudget,
  })
  .meta({ id: 'SessionTerms' });
export type SessionTerms = z.infer<typeof SessionTerms>;
