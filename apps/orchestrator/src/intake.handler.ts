import { createHash } from 'node:crypto';
import {
  type Decision,
  type Draft,
  type Envelope,
  type EnvelopeHead,
  type Fault,
  hasCode,
  isToken,
  MAX_INBOX_BYTES,
  type PublishedEnvelope,
  parsePublished,
  type Seal,
  sealDraft,
  serviceBoundary,
  taskBoundary,
  VoormanError,
} from '@voorman/envelope';
import { type Condition, type InboxMessage, readAll } from '@voorman/log';
import { policyInput } from '@voorman/policy';
import { CANCEL_ACTION, OPERATOR, objection, occupied } from './domain/intake.js';
import { noSession, type Session } from './domain/session-state.js';
import { looksForAttachments, sharedAttachments } from './domain/shared-attachments.js';
import { FOREMAN, type ForemanPorts, TTL } from './ports.js';
import type { Sessions } from './sessions.js';

/** Turns what outside publishers send into a session's first record, or into an answer that says why not. */
export class IntakeHandler {
  constructor(
    private readonly ports: ForemanPorts,
    private readonly sessions: Sessions,
  ) {}

  /** Resolves once the message became a record; throws what the log throws, and the message comes again. */
  async received(message: InboxMessage): Promise<void> {
    const envelope = this.#parse(message);
    if ('code' in envelope) return this.#refuse(message, envelope);
    const fault = objection(envelope, message, (name) => this.#isKnown(name));
    if (fault) return this.#refuse(message, fault, envelope);
    const decision = this.#authorise(message, envelope);
    if (!decision.allow) return this.#refuse(message, unauthorised(message, decision), envelope, decision);
    if (message.target === FOREMAN && envelope.payload.action === CANCEL_ACTION) {
      return this.#cancel(message, envelope, decision);
    }
    return this.#open(message, envelope, decision);
  }

  #parse(message: InboxMessage): PublishedEnvelope | Fault {
    if (message.body.length > MAX_INBOX_BYTES) {
      return {
        code: 'inbox/too-large',
        message: `The message has ${message.body.length} bytes; at most ${MAX_INBOX_BYTES} are accepted.`,
        next: 'Put large content into an attachment and send its reference.',
      };
    }
    try {
      return parsePublished(message.body);
    } catch (fault) {
      if (!(fault instanceof VoormanError)) throw fault;
      return { ...fault.toPublic(), code: 'inbox/malformed' };
    }
  }

  #isKnown(name: string): boolean {
    return name === FOREMAN || this.ports.cards.some((card) => card.name === name);
  }

  #authorise(message: InboxMessage, envelope: PublishedEnvelope): Decision {
    return this.ports.policy.decide(
      policyInput({
        action: 'publish',
        tenant: message.tenant,
        session: envelope.correlation_id,
        task: envelope.task_id,
        agent: message.publisher,
        publisher: message.publisher,
        target_agent: message.target,
        environment: this.ports.environment,
      }),
    );
  }

  /**
   * The session's (or the next goal's) first record. That the session is new is guessed, and proved by the condition; only
   * where it is not, it is read: whose it is, what it has already, what was attached before. A repeated message is
   * recognised by the id of its record.
   */
  async #open(message: InboxMessage, envelope: PublishedEnvelope, decision: Decision): Promise<void> {
    const boundary = serviceBoundary(message.tenant, envelope.correlation_id, FOREMAN);
    for (let known = { session: noSession, end: 0 }; ; ) {
      const fault = occupied(known.session, message, envelope);
      if (fault) return this.#refuse(message, fault, envelope, decision);
      const record = this.#firstRecord(message, envelope, decision, known.session);
      try {
        await this.ports.log.append(record, { boundary, after: known.end });
        break;
      } catch (fault) {
        if (!hasCode(fault, 'log/condition-failed')) throw fault;
        known = await this.sessions.loadWithEnd(message.tenant, envelope.correlation_id);
      }
    }
    await this.#arm(message, envelope);
  }

  #firstRecord(message: InboxMessage, envelope: PublishedEnvelope, decision: Decision, known: Session): Envelope {
    const shared = looksForAttachments(envelope, this.ports.cards) ? sharedAttachments(known, message.publisher) : [];
    const draft: Draft = {
      type: 'task-requested',
      target: message.target,
      payload: {
        ...envelope.payload,
        ...(shared.length === 0 ? {} : { attachments: shared }),
        delegation: { on_behalf_of: message.publisher, root_task_id: envelope.task_id, decision },
      },
    };
    return sealDraft(draft, this.#seal(message, envelope, envelope.ttl_seconds));
  }

  /** After the record: a timer that fires before its task exists finds nothing and is gone. Harmless to repeat. */
  #arm(message: InboxMessage, envelope: PublishedEnvelope): Promise<void> {
    const { correlation_id: session, task_id: task, ttl_seconds: ttlSeconds } = envelope;
    const key = { tenant: message.tenant, session, task, purpose: TTL };
    return this.ports.timers.set(key, this.ports.clock.nowMs() + ttlSeconds * 1_000);
  }

  async #cancel(message: InboxMessage, envelope: PublishedEnvelope, decision: Decision): Promise<void> {
    const seal = this.#seal(message, envelope, envelope.ttl_seconds);
    const boundary = taskBoundary(message.tenant, envelope.correlation_id, envelope.task_id);
    // The message may come again when it was taken and has worked, or was refused before there was anything to cancel.
    const own = [`${FOREMAN}.${seal.id}`, `${FOREMAN}.refused-${seal.id}`];
    const known = await readAll(this.ports.log, boundary);
    if (known.some((record) => own.includes(record.id))) return;
    // Taken or refused, never both: of two deliveries at once one fails here, and comes again.
    const unanswered = { boundary, after: known.at(-1)?.position ?? 0 };
    const fault = await this.#cancelObjection(message, envelope);
    if (fault) return this.#refuse(message, fault, envelope, decision, unanswered);
    const reason =
      typeof envelope.payload.reason === 'string' ? envelope.payload.reason.slice(0, 500) : 'no reason given';
    const draft: Draft = {
      type: 'cancel-requested',
      target: FOREMAN,
      payload: { reason, requested_by: message.publisher, decision },
    };
    await this.ports.log.append(sealDraft(draft, seal), unanswered);
  }

  async #cancelObjection(message: InboxMessage, envelope: PublishedEnvelope): Promise<Fault | undefined> {
    const session = await this.sessions.load(message.tenant, envelope.correlation_id);
    const open = [...session.roots.values()].filter((root) => root.status === 'open');
    if (open.length === 0) {
      return {
        code: 'inbox/nothing-to-cancel',
        message: `Nothing is under way in the session ${envelope.correlation_id}.`,
        next: 'Check the session’s name; a session that has ended cannot be cancelled.',
      };
    }
    const isOwner = open.every((root) => root.publisher === message.publisher);
    if (isOwner || message.publisher === OPERATOR) return undefined;
    return {
      code: 'inbox/unauthorised',
      message: `The session ${envelope.correlation_id} belongs to someone else.`,
      next: 'Ask its publisher, or whoever runs this stack, to cancel it.',
    };
  }

  async #refuse(
    message: InboxMessage,
    fault: Fault,
    envelope?: PublishedEnvelope,
    decision?: Decision,
    condition?: Condition,
  ): Promise<void> {
    if (![message.tenant, message.publisher].every(isToken)) return;
    // Taken at an earlier delivery, and only judged otherwise now: the task runs, so all that may be missing is its timer.
    if (envelope && (await this.#wasTaken(message, envelope))) return this.#arm(message, envelope);
    const draft: Draft = {
      type: 'envelope-refused',
      target: message.publisher,
      payload: {
        code: fault.code,
        message: fault.message.slice(0, 4_000),
        next: fault.next,
        inbox_position: message.position,
        ...(decision === undefined ? {} : { decision }),
      },
    };
    const head = envelope ?? namesIn(message);
    await this.ports.log.append(
      sealDraft(draft, { ...this.#seal(message, head, 60), id: `refused-${inboxId(message)}` }),
      condition,
    );
  }

  async #wasTaken(message: InboxMessage, envelope: PublishedEnvelope): Promise<boolean> {
    const boundary = taskBoundary(message.tenant, envelope.correlation_id, envelope.task_id);
    const id = `${FOREMAN}.${inboxId(message)}`;
    return (await readAll(this.ports.log, boundary)).some((record) => record.id === id);
  }

  /** The id comes from the message, so that the same message, delivered again, makes the same record. */
  #seal(message: InboxMessage, head: Pick<EnvelopeHead, 'correlation_id' | 'task_id'>, ttlSeconds: number): Seal {
    return {
      source: FOREMAN,
      tenant: message.tenant,
      session: head.correlation_id,
      task: head.task_id,
      ttlSeconds,
      id: inboxId(message),
      atMs: this.ports.clock.nowMs(),
    };
  }
}

/** Session and task as far as a message that is no envelope names them, so that its publisher recognises the answer. */
function namesIn(message: InboxMessage): Pick<EnvelopeHead, 'correlation_id' | 'task_id'> {
  const text = new TextDecoder().decode(message.body.subarray(0, MAX_INBOX_BYTES));
  const find = (field: string) => new RegExp(`"${field}"\\s*:\\s*"([A-Za-z0-9_-]{1,64})"`).exec(text)?.[1];
  return {
    correlation_id: find('correlation_id') ?? 'inbox',
    task_id: find('task_id') ?? `message-${message.position}`,
  };
}

/** Stream sequences begin again when an inbox is made anew; the time of receipt tells such messages apart. */
const inboxId = (message: InboxMessage): string =>
  createHash('sha256').update(`${message.position} ${message.receivedAtMs}`).digest('hex').slice(0, 32);

const unauthorised = (message: InboxMessage, decision: Decision): Fault => ({
  code: 'inbox/unauthorised',
  message: `Policy does not let ${message.publisher} publish to ${message.target}: ${decision.reasons.join('; ') || 'nothing allows it'}.`,
  next: 'Publish to the orchestrator, or ask whoever keeps the policy.',
});
