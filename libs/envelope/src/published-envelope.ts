import { z } from 'zod';
import { MAX_TTL_SECONDS } from './envelope.js';
import { InvalidEnvelopeError } from './errors.js';
import { TaskRequested } from './records/task.js';
import { Token } from './token.js';

/** The largest message in the inbox. Bytes. */
export const MAX_INBOX_BYTES = 64 * 1024;

/** What an outside publisher sends to `inbox.<tenant>.<publisher>.<target>`: six fields and nothing of ours. */
export const PublishedEnvelope = z
  .object({
    task_id: Token,
    source_agent: Token,
    target_agent: Token,
    payload: TaskRequested.omit({ delegation: true }).loose(),
    correlation_id: Token,
    ttl_seconds: z.int().min(1).max(MAX_TTL_SECONDS),
  })
  .meta({ id: 'PublishedEnvelope' });
export type PublishedEnvelope = z.infer<typeof PublishedEnvelope>;

/**
 * Checks what stands in an inbox message.
 * @throws {InvalidEnvelopeError} naming each field that does not fit.
 */
export function parsePublished(bytes: Uint8Array): PublishedEnvelope {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new InvalidEnvelopeError(['message: is not JSON in UTF-8'], { cause });
  }
  const parsed = PublishedEnvelope.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new InvalidEnvelopeError(parsed.error.issues.map((i) => `${i.path.join('.') || 'message'}: ${i.message}`));
}
