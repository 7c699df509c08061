import {
  type Decision,
  type Draft,
  type Fault,
  FOREMAN,
  GATEWAY,
  type PublishedEnvelope,
  type RecordType,
  sealDraft,
  serviceBoundary,
  taskBoundary,
} from '@voorman/envelope';
import { type InboxMessage, readAll } from '@voorman/log';
import { unauthorised } from './domain/inbox-faults.js';
import { type Matter, matterOf, nothingWaits, type Word, type WordAction, wordIn } from './domain/word.js';
import { inboxId, inboxSeal } from './inbox-seal.js';
import type { ForemanPorts } from './ports.js';
import type { Refusals } from './refusals.js';
import { rulingOf } from './rulings.js';

const ENDS: readonly RecordType[] = ['task-completed', 'task-failed', 'task-expired', 'task-cancelled'];

/** Passes on what a person says about a call: agrees to it, or settles a doubt. Once the foreman knows who it is. */
export class WordHandler {
  constructor(
    private readonly ports: ForemanPorts,
    private readonly refusals: Refusals,
  ) {}

  /** Resolves once the word, or why it was not taken, is on record. */
  async received(message: InboxMessage, envelope: PublishedEnvelope, action: WordAction): Promise<void> {
    const decision = await this.#authorise(message, envelope, action);
    const refuse = (fault: Fault) => this.refusals.send(message, envelope, fault, { decision });
    if (!decision.allow) return refuse(unauthorised(message, decision));
    const word = wordIn(envelope, message.publisher);
    if ('fault' in word) return refuse(word.fault);
    const { tenant } = message;
    const session = envelope.correlation_id;
    const boundary = serviceBoundary(tenant, session, FOREMAN);
    const said = await readAll(this.ports.log, boundary, 0, await this.ports.log.last(boundary));
    // Taken at an earlier delivery.
    if (said.some(({ id }) => id === `${FOREMAN}.${inboxId(message)}`)) return;
    const calls = serviceBoundary(tenant, session, GATEWAY);
    const gateway = await readAll(this.ports.log, calls, 0, await this.ports.log.last(calls));
    const matter = matterOf(word, gateway, said);
    if ('fault' in matter) return refuse(matter.fault);
    if (matter.isAwaited && (await this.#hasEnded(tenant, session, matter.task))) return refuse(nothingWaits(word));
    const { ttl_seconds } = envelope;
    const seal = inboxSeal(message, { correlation_id: session, task_id: matter.task }, ttl_seconds, this.#now());
    // Of two words on one call the first counts; the other one fails here, comes again and is refused.
    await this.ports.log.append(sealDraft(draftOf(word, decision), seal), {
      boundary,
      after: said.at(-1)?.position ?? 0,
    });
  }

  #now(): number {
    return this.ports.clock.nowMs();
  }

  #authorise(message: InboxMessage, envelope: PublishedEnvelope, action: WordAction): Promise<Decision> {
    return rulingOf(this.ports.policy, {
      action,
      tenant: message.tenant,
      session: envelope.correlation_id,
      task: envelope.task_id,
      agent: message.publisher,
      publisher: message.publisher,
      environment: this.ports.environment,
    });
  }

  /** Nobody waits any more for a call whose task has ended. */
  async #hasEnded(tenant: string, session: string, task: Matter['task']): Promise<boolean> {
    const records = await readAll(this.ports.log, taskBoundary(tenant, session, task));
    return records.some(({ type }) => ENDS.includes(type));
  }
}

function draftOf(word: Word, decision: Decision): Draft {
  const { call: call_id, agent, because, by } = word;
  if (word.action === 'settle') {
    const payload = { call_id, agent, because, happened: word.happened, settled_by: by, decision };
    return { type: 'settlement-requested', target: GATEWAY, payload };
  }
  const { approved, digest, arguments: edited } = word;
  const payload = { call_id, agent, because, approved, digest, approved_by: by, decision };
  return {
    type: 'approval-given',
    target: GATEWAY,
    payload: edited === undefined ? payload : { ...payload, arguments: edited },
  };
}
