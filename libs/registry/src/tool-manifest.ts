import { Effect, Token } from '@voorman/envelope';
import { z } from 'zod';
import { FieldSchemas } from './field-schemas.js';
import { manifestObject, Version } from './manifest-object.js';

const Budget = manifestObject({
  max_calls_per_session: z.int().min(0).max(1_000_000).default(100),
  cost_per_call_usd: z.number().min(0).max(1_000_000).default(0),
});

const Retry = manifestObject({
  backoff: z.enum(['exponential', 'fixed']).default('exponential'),
  max_attempts: z.int().min(1).max(100).optional().describe('attempts in all; default 3, and 1 for effect once'),
  initial_ms: z.int().min(1).max(600_000).default(200).describe('wait before the second attempt'),
});

const shared = {
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
};

const endpoint = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .refine((given) => !hasCredentials(given), 'must not carry a password: credentials belong to the gateway’s settings');

const ApiFields = manifestObject({
  ...shared,
  type: z.literal('api'),
  endpoint,
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
});

const ProcessFields = manifestObject({
  ...shared,
  type: z.literal('process'),
  command: z
    .array(z.string().min(1).max(4_096))
    .min(1)
    .max(100)
    .describe('program and arguments; run in the manifest’s folder, without a shell'),
  mode: z
    .enum(['per-call', 'resident'])
    .default('per-call')
    .describe('resident: one long-lived program, one JSON document per line each way'),
  env: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable'))
    .max(100)
    .default([])
    .describe('names of the environment variables that the program may see'),
});

/** A tool as its YAML declares it: what it is, what it takes and gives, and what a call may cost. */
export const ToolManifest = z
  .discriminatedUnion('type', [ApiFields, ProcessFields], { error: 'type must be api or process' })
  .transform((written, context) => {
    const effect = written.effect ?? effectOf(written);
    const maxAttempts = written.retry.max_attempts ?? (effect === 'once' ? 1 : 3);
    if (effect === 'once' && maxAttempts > 1) {
      context.addIssue({
        code: 'custom',
        path: ['retry', 'max_attempts'],
        message: 'must be 1 for effect once; a tool that may be repeated says effect: repeatable',
      });
    }
    return { ...written, effect, retry: { ...written.retry, max_attempts: maxAttempts } };
  });
export type ToolManifest = z.infer<typeof ToolManifest>;
export type ApiTool = Extract<ToolManifest, { type: 'api' }>;
export type ProcessTool = Extract<ToolManifest, { type: 'process' }>;

/**
 * What a repetition does, where the manifest does not say: whoever asks for several attempts says that they are
 * harmless; else only what reads by its nature may be repeated.
 */
function effectOf(written: z.infer<typeof ApiFields> | z.infer<typeof ProcessFields>): Effect {
  if (written.type === 'api' && (written.method === 'GET' || written.method === 'HEAD')) return 'read';
  return (written.retry.max_attempts ?? 1) > 1 ? 'repeatable' : 'once';
}

function hasCredentials(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username !== '' || password !== '';
}
