import { type Envelope, MAX_INBOX_BYTES } from '@voorman/envelope';
import type { InboxMessage, Log } from '@voorman/log';
import type { LogConnection } from '@voorman/log/jetstream';
import { redactSecrets, redactText } from '@voorman/redaction';

/**
 * The same connection, through which no secret gets: none is appended, and none comes in from outside. What services make
 * of what they were told is thereby free of them already, so an append changes something only where a secret came by another
 * way, and then its writer goes on from what a reader will see.
 */
export function withoutSecrets(connection: LogConnection): LogConnection {
  const { inbox } = connection;
  return {
    ...connection,
    log: logWithoutSecrets(connection.log),
    inbox: {
      follow: (handler, options) =>
        inbox.follow((message) => handler(messageWithoutSecrets(message)), {
          ...options,
          ...(options?.giveUp === undefined
            ? {}
            : { giveUp: (message, why) => options.giveUp?.(messageWithoutSecrets(message), why) ?? Promise.resolve() }),
        }),
    },
  };
}

/** The same log, which takes secrets out of whatever is appended: `taken` shows a record as it will be recorded. */
export function logWithoutSecrets(log: Log): Log {
  // What was looked at for a decision is appended a moment later: once is enough.
  const clean = new WeakSet<Envelope>();
  const taken = (record: Envelope): Envelope => {
    if (clean.has(record)) return record;
    const payload = redactSecrets(record.payload);
    const result = payload === record.payload ? record : ({ ...record, payload } as Envelope);
    clean.add(result);
    return result;
  };
  return {
    get isReplicated() {
      return log.isReplicated;
    },
    taken,
    append: (record, condition) => log.append(taken(record), condition),
    read: (boundary, after, limit) => log.read(boundary, after, limit),
    last: (boundary) => log.last(boundary),
    follow: (handler, options) => log.follow(handler, options),
  };
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** A message that is no JSON is left alone: nothing of it but its fault is recorded. */
function messageWithoutSecrets(message: InboxMessage): InboxMessage {
  if (message.body.length > MAX_INBOX_BYTES) return beginningWithoutSecrets(message);
  let parsed: unknown;
  try {
    parsed = JSON.parse(decoder.decode(message.body));
  } catch {
    return message;
  }
  const clean = redactSecrets(parsed);
  return clean === parsed ? message : { ...message, body: new TextEncoder().encode(JSON.stringify(clean)) };
}

/** Nothing of what is too large is recorded but names in its beginning: looking through the rest would hold up everybody. */
function beginningWithoutSecrets(message: InboxMessage): InboxMessage {
  const beginning = Buffer.from(message.body.subarray(0, MAX_INBOX_BYTES)).toString('utf8');
  const clean = redactText(beginning);
  if (clean === beginning) return message;
  const body = Buffer.alloc(message.body.length, ' ');
  body.write(clean, 0, MAX_INBOX_BYTES, 'utf8');
  return { ...message, body };
}
