import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type AnswerGiven,
  type Fault,
  OPERATOR,
  type PublishedEnvelope,
  parsePublished,
  type Recorded,
  sessionStory,
} from '@voorman/envelope';
import { EXIT } from '../errors.js';
import { type Client, putIntoInbox } from './connection.js';

/** How something that was asked for ended. */
export type Ending =
  | { readonly kind: 'answered'; readonly answer: AnswerGiven }
  | { readonly kind: 'refused'; readonly fault: Fault };

const POLL_MS = 50;

/** `session-20260301-101500-3fa9c1`: sorts by time, and is short enough to be typed. */
export const freshName = (kind: string, now = new Date()): string =>
  `${kind}-${now
    .toISOString()
    .replaceAll(/[-:]|\..*/g, '')
    .replace('T', '-')}-${randomBytes(3).toString('hex')}`;

/**
 * Publishes an envelope as the person at this machine, and returns how to follow what comes of it.
 * @throws {InvalidEnvelopeError} @throws {EnvelopeTooLargeError} before anything is published.
 */
export async function publish(client: Client, tenant: string, envelope: PublishedEnvelope): Promise<Sent> {
  const body = new TextEncoder().encode(JSON.stringify(envelope));
  parsePublished(body);
  const after = await client.bus.log.last(sessionStory(tenant, envelope.correlation_id));
  const inboxPosition = await putIntoInbox(client.raw, tenant, envelope.target_agent, body);
  return new Sent(client, tenant, envelope, after, inboxPosition);
}

/** An envelope on its way: everything that its session records, and the one end of what it asked for. */
export class Sent {
  constructor(
    private readonly client: Client,
    readonly tenant: string,
    readonly envelope: PublishedEnvelope,
    /** Position of the last record of its session before it. */
    readonly after: number,
    /** Where it lies in the inbox stream until it is taken. */
    readonly inboxPosition: number,
  ) {}

  /** Follows the session until the answer, or the refusal, is there. */
  async ending(heard: (record: Recorded) => void = () => undefined, signal?: AbortSignal): Promise<Ending> {
    for await (const record of follow(this.client, this.tenant, this.envelope.correlation_id, this.after, signal)) {
      heard(record);
      if (record.target_agent !== OPERATOR) continue;
      if (record.type === 'answer-given' && record.task_id === this.envelope.task_id) {
        return { kind: 'answered', answer: record.payload };
      }
      if (record.type === 'envelope-refused' && record.payload.inbox_position === this.inboxPosition) {
        const { code, message, next } = record.payload;
        return { kind: 'refused', fault: { code, message, next } };
      }
    }
    throw signal?.reason ?? new Error('The session was left.');
  }
}

/** The records of a session after a position, and those that come, until the signal fires. */
export async function* follow(
  client: Client,
  tenant: string,
  session: string,
  after: number,
  signal?: AbortSignal,
): AsyncGenerator<Recorded> {
  const story = sessionStory(tenant, session);
  let position = after;
  while (signal?.aborted !== true) {
    const page = await client.bus.log.read(story, position);
    for (const record of page.records) {
      position = record.position;
      yield record;
    }
    if (!page.more) await pause(POLL_MS);
  }
}

/** What the shell gets for the end of a goal. */
export function exitCodeOf(ending: Ending): number {
  if (ending.kind === 'refused') return EXIT.refused;
  switch (ending.answer.outcome) {
    case 'completed':
      return EXIT.ok;
    case 'failed':
      return EXIT.failed;
    case 'expired':
      return EXIT.expired;
    case 'cancelled':
      return EXIT.cancelled;
  }
}
