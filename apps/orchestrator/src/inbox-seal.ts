import { createHash } from 'node:crypto';
import {
  type EnvelopeHead,
  FOREMAN,
  MAX_INBOX_BYTES,
  parsePublished,
  type Seal,
  VoormanError,
} from '@voorman/envelope';
import type { InboxMessage } from '@voorman/log';

/** Which task of which session a message is about. */
export type InboxHead = Pick<EnvelopeHead, 'correlation_id' | 'task_id'>;

/** Stream sequences begin again when an inbox is made anew; the time of receipt tells such messages apart. */
export const inboxId = (message: Pick<InboxMessage, 'position' | 'receivedAtMs'>): string =>
  createHash('sha256').update(`${message.position} ${message.receivedAtMs}`).digest('hex').slice(0, 32);

/** The id comes from the message, so that the same message, delivered again, makes the same record. */
export const inboxSeal = (message: InboxMessage, head: InboxHead, ttlSeconds: number, atMs: number): Seal => ({
  source: FOREMAN,
  tenant: message.tenant,
  session: head.correlation_id,
  task: head.task_id,
  ttlSeconds,
  id: inboxId(message),
  atMs,
});

/** What the message is about: as its envelope says it, or as far as a message that is no envelope names it. */
export function headOf(message: InboxMessage): InboxHead {
  try {
    return parsePublished(message.body);
  } catch (fault) {
    if (!(fault instanceof VoormanError)) throw fault;
    return namesIn(message);
  }
}

/** Session and task as far as a message that is no envelope names them, so that its publisher recognises the answer. */
export function namesIn(message: InboxMessage): InboxHead {
  const text = new TextDecoder().decode(message.body.subarray(0, MAX_INBOX_BYTES));
  const find = (field: string) => new RegExp(`"${field}"\\s*:\\s*"([A-Za-z0-9_-]{1,64})"`).exec(text)?.[1];
  return {
    correlation_id: find('correlation_id') ?? 'inbox',
    task_id: find('task_id') ?? `message-${message.position}`,
  };
}
