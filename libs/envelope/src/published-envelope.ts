import { z } from 'zod';
import { MAX_TTL_SECONDS } from './envelope.js';
import { EnvelopeTooLargeError, InvalidEnvelopeError } from './errors.js';
import { parseJson, problemsOf, withoutPrototypes } from './json.js';
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
    payload: TaskRequested.extend({
      delegation: z.never('is written by the orchestrator, not by a publisher').optional(),
    }),
    correlation_id: Token,
    ttl_seconds: z.int().min(1).max(MAX_TTL_SECONDS),
  })
  .meta({ id: 'PublishedEnvelope' });
export type PublishedEnvelope = z.infer<typeof PublishedEnvelope>;

const Published = z.compile(PublishedEnvelope);

/**
 * Checks what stands in an inbox message.
 * @throws {InvalidEnvelopeError} naming each field that does not fit. @throws {EnvelopeTooLargeError}
 */
export function parsePublished(bytes: Uint8Array): PublishedEnvelope {
  if (bytes.length > MAX_INBOX_BYTES) throw new EnvelopeTooLargeError(bytes.length, MAX_INBOX_BYTES);
  const parsed = Published.safeParse(withoutPrototypes(parseJson(bytes)));
  if (!parsed.success) throw new InvalidEnvelopeError(problemsOf(parsed.error));
  return parsed.data;
}
