import {
  type Decision,
  type Draft,
  type Fault,
  FOREMAN,
  isToken,
  type Recorded,
  sealDraft,
  taskBoundary,
} from '@voorman/envelope';
import { type Condition, type InboxMessage, readAll } from '@voorman/log';
import { type InboxHead, inboxId, inboxSeal } from './inbox-seal.js';
import type { ForemanPorts } from './ports.js';

/** Life of an answer that begins no work. Seconds. */
const TTL_SECONDS = 60;

/** What becomes of a message, as the records of its task tell. */
export interface Fate {
  /** An earlier delivery became the message's own record. */
  readonly taken: boolean;
  readonly refused: boolean;
  readonly quarantined: boolean;
}

/** Answers to messages from outside that do not become a task. */
export class Refusals {
  constructor(private readonly ports: Pick<ForemanPorts, 'log' | 'clock'>) {}

  /** Tells the publisher why; nobody is told where the subject names nobody. A repetition makes the same record. */
  async send(
    message: InboxMessage,
    head: InboxHead,
    fault: Fault,
    more: { readonly decision?: Decision | undefined; readonly condition?: Condition | undefined } = {},
  ): Promise<void> {
    if (![message.tenant, message.publisher].every(isToken)) return;
    const draft: Draft = {
      type: 'envelope-refused',
      target: message.publisher,
      payload: {
        code: fault.code,
        message: fault.message.slice(0, 4_000),
        next: fault.next,
        inbox_position: message.position,
        ...(more.decision === undefined ? {} : { decision: more.decision }),
      },
    };
    const seal = inboxSeal(message, head, TTL_SECONDS, this.ports.clock.nowMs());
    await this.ports.log.append(sealDraft(draft, { ...seal, id: refusalId(message) }), more.condition);
  }

  /** What earlier deliveries of the message led to. @throws what `Log.read` and `Log.last` throw. */
  async fate(message: InboxMessage, head: InboxHead): Promise<Fate> {
    const boundary = taskBoundary(message.tenant, head.correlation_id, head.task_id);
    // Up to what the leader knows: a replica that is behind would make a message that was taken look like a stranger.
    const end = await this.ports.log.last(boundary);
    return fateIn(message, await readAll(this.ports.log, boundary, 0, end));
  }
}

/** The same, from the records of the task. */
export function fateIn(message: InboxMessage, known: readonly Recorded[]): Fate {
  const has = (id: string): boolean => known.some((record) => record.id === `${FOREMAN}.${id}`);
  return {
    taken: has(inboxId(message)),
    refused: has(refusalId(message)),
    quarantined: has(quarantineId(message)),
  };
}

const refusalId = (message: InboxMessage): string => `refused-${inboxId(message)}`;

/** Of the record that sets the message aside. */
export const quarantineId = (message: InboxMessage): string => `quarantine-${inboxId(message)}`;
