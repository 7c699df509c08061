import {
  type Decision,
  type Delegation,
  type Draft,
  type Envelope,
  type Fault,
  FOREMAN,
  hasCode,
  MAX_INBOX_BYTES,
  OPERATOR,
  type PublishedEnvelope,
  parsePublished,
  type SessionTerms,
  sealDraft,
  serviceBoundary,
  taskBoundary,
  VoormanError,
} from '@voorman/envelope';
import { type InboxMessage, readAll } from '@voorman/log';
import { malformed, nothingToCancel, notYours, tooLarge, unauthorised } from './domain/inbox-faults.js';
import { CANCEL_ACTION, objection, occupied } from './domain/intake.js';
import { noSession, type Session } from './domain/session-state.js';
import { looksForAttachments, sharedAttachments } from './domain/shared-attachments.js';
import { type TermsBasis, termsConflict, termsFor } from './domain/terms.js';
import { wordAction } from './domain/word.js';
import { inboxSeal, namesIn } from './inbox-seal.js';
import { type ForemanPorts, TTL } from './ports.js';
import { fateIn, Refusals } from './refusals.js';
import { rulingOf } from './rulings.js';
import type { Sessions } from './sessions.js';
import { WordHandler } from './word.handler.js';

/** Turns what outside publishers send into a session's first record, or into an answer that says why not. */
export class IntakeHandler {
  readonly #refusals: Refusals;
  readonly #words: WordHandler;

  constructor(
    private readonly ports: ForemanPorts,
    private readonly sessions: Sessions,
  ) {
    this.#refusals = new Refusals(ports);
    this.#words = new WordHandler(ports, this.#refusals);
  }

  /** Resolves once the message became a record; throws what the log throws, and the message comes again. */
  async received(message: InboxMessage): Promise<void> {
    const envelope = this.#parse(message);
    if ('code' in envelope) return this.#refusals.send(message, namesIn(message), envelope);
    const fault = objection(envelope, message, (name) => this.#isKnown(name));
    if (fault) return this.#refuse(message, envelope, fault);
    const decision = await this.#authorise(message, envelope);
    if (!decision.allow) return this.#refuse(message, envelope, unauthorised(message, decision), decision);
    if (message.target === FOREMAN) {
      if (envelope.payload.action === CANCEL_ACTION) return this.#cancel(message, envelope, decision);
      const word = wordAction(envelope);
      if (word !== undefined) return this.#words.received(message, envelope, word);
    }
    const terms = termsFor(envelope, message.publisher, await this.#basis(message, envelope));
    if ('fault' in terms) return this.#refuse(message, envelope, terms.fault, decision);
    return this.#open(message, envelope, decision, terms);
  }

  /** The file of roles is read only for whoever says one. */
  async #basis({ tenant, publisher }: InboxMessage, { payload }: PublishedEnvelope): Promise<TermsBasis> {
    const { terms } = this.ports;
    if (terms === undefined) return { budget: {}, roles: [] };
    const registry = terms.registry();
    const saysRole = payload.user_role !== undefined && publisher !== OPERATOR;
    return {
      budget: terms.budget,
      roles: saysRole ? await terms.rolesOf(tenant, publisher) : [],
      ...(registry === undefined ? {} : { registry }),
    };
  }

  #parse(message: InboxMessage): PublishedEnvelope | Fault {
    if (message.body.length > MAX_INBOX_BYTES) return tooLarge(message.body.length);
    try {
      return parsePublished(message.body);
    } catch (fault) {
      if (!(fault instanceof VoormanError)) throw fault;
      return malformed(fault);
    }
  }

  #isKnown(name: string): boolean {
    return name === FOREMAN || this.ports.cards.some((card) => card.name === name);
  }

  #authorise(message: InboxMessage, envelope: PublishedEnvelope): Promise<Decision> {
    return rulingOf(this.ports.policy, {
      action: 'publish',
      tenant: message.tenant,
      session: envelope.correlation_id,
      task: envelope.task_id,
      agent: message.publisher,
      publisher: message.publisher,
      target_agent: message.target,
      environment: this.ports.environment,
    });
  }

  /**
   * The session's (or the next goal's) first record. That the session is new is guessed, and proved by the condition; only
   * where it is not, it is read: whose it is, what it has already, what was attached before. A repeated message is
   * recognised by the id of its record.
   */
  async #open(
    message: InboxMessage,
    envelope: PublishedEnvelope,
    decision: Decision,
    terms: SessionTerms,
  ): Promise<void> {
    const boundary = serviceBoundary(message.tenant, envelope.correlation_id, FOREMAN);
    for (let known = { session: noSession, end: 0 }; ; ) {
      const isNew = known.session.roots.size === 0;
      const fault =
        occupied(known.session, message, envelope) ??
        (isNew ? undefined : termsConflict(envelope, termsOf(known.session)));
      if (fault) return this.#refuse(message, envelope, fault, decision);
      const delegation: Delegation = {
        on_behalf_of: message.publisher,
        root_task_id: envelope.task_id,
        decision,
        ...(isNew ? { terms } : {}),
      };
      const record = this.#firstRecord(message, envelope, delegation, known.session);
      try {
        const position = await this.ports.log.append(record, { boundary, after: known.end });
        if (known.end === 0) this.sessions.begun(message.tenant, envelope.correlation_id, position);
        break;
      } catch (fault) {
        if (!hasCode(fault, 'log/condition-failed')) throw fault;
        known = await this.sessions.loadWithEnd(message.tenant, envelope.correlation_id);
      }
    }
    await this.#arm(message, envelope);
  }

  #firstRecord(message: InboxMessage, envelope: PublishedEnvelope, delegation: Delegation, known: Session): Envelope {
    const shared = looksForAttachments(envelope, this.ports.cards) ? sharedAttachments(known, message.publisher) : [];
    const draft: Draft = {
      type: 'task-requested',
      target: message.target,
      payload: {
        ...envelope.payload,
        ...(shared.length === 0 ? {} : { attachments: shared }),
        delegation,
      },
    };
    return sealDraft(draft, this.#seal(message, envelope));
  }

  /** After the record: a timer that fires before its task exists finds nothing and is gone. Harmless to repeat. */
  #arm(message: InboxMessage, envelope: PublishedEnvelope): Promise<void> {
    const { correlation_id: session, task_id: task, ttl_seconds: ttlSeconds } = envelope;
    const key = { tenant: message.tenant, session, task, purpose: TTL };
    return this.ports.timers.set(key, this.ports.clock.nowMs() + ttlSeconds * 1_000);
  }

  async #cancel(message: InboxMessage, envelope: PublishedEnvelope, decision: Decision): Promise<void> {
    const seal = this.#seal(message, envelope);
    const boundary = taskBoundary(message.tenant, envelope.correlation_id, envelope.task_id);
    const known = await readAll(this.ports.log, boundary);
    // The message may come again when it was taken and has worked, or was refused before there was anything to cancel.
    const { taken, refused } = fateIn(message, known);
    if (taken || refused) return;
    // Taken or refused, never both: of two deliveries at once one fails here, and comes again.
    const condition = { boundary, after: known.at(-1)?.position ?? 0 };
    const fault = await this.#cancelObjection(message, envelope);
    if (fault) return this.#refusals.send(message, envelope, fault, { decision, condition });
    const reason =
      typeof envelope.payload.reason === 'string' ? envelope.payload.reason.slice(0, 500) : 'no reason given';
    const draft: Draft = {
      type: 'cancel-requested',
      target: FOREMAN,
      payload: { reason, requested_by: message.publisher, decision },
    };
    await this.ports.log.append(sealDraft(draft, seal), condition);
  }

  async #cancelObjection(message: InboxMessage, envelope: PublishedEnvelope): Promise<Fault | undefined> {
    const session = await this.sessions.load(message.tenant, envelope.correlation_id);
    const open = [...session.roots.values()].filter((root) => root.status === 'open');
    if (open.length === 0) return nothingToCancel(envelope.correlation_id);
    const isOwner = open.every((root) => root.publisher === message.publisher);
    return isOwner || message.publisher === OPERATOR ? undefined : notYours(envelope.correlation_id);
  }

  async #refuse(message: InboxMessage, envelope: PublishedEnvelope, fault: Fault, decision?: Decision): Promise<void> {
    const { taken } = await this.#refusals.fate(message, envelope);
    // Taken at an earlier delivery, and only judged otherwise now: the task runs, so all that may be missing is its timer.
    if (taken) return this.#arm(message, envelope);
    await this.#refusals.send(message, envelope, fault, { decision });
  }

  #seal(message: InboxMessage, envelope: PublishedEnvelope) {
    return inboxSeal(message, envelope, envelope.ttl_seconds, this.ports.clock.nowMs());
  }
}

/** What the session's first record says; nothing where it is older than terms are. */
const termsOf = ({ roots }: Session): SessionTerms | undefined =>
  [...roots.values()].map(({ request }) => request.delegation?.terms).find((terms) => terms !== undefined);
