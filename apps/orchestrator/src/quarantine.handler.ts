import { createHash } from 'node:crypto';
import { type Draft, FOREMAN, isRetryable, JOURNAL, sealDraft } from '@voorman/envelope';
import type { DueTimer, GivenUp, InboxMessage } from '@voorman/log';
import { quarantined } from './domain/inbox-faults.js';
import { headOf, type InboxHead, inboxSeal } from './inbox-seal.js';
import type { ForemanPorts } from './ports.js';
import { type Fate, quarantineId, Refusals } from './refusals.js';

/** Life of the record that says so: it starts no work. Seconds. */
const TTL_SECONDS = 1;

/** Sets aside what no repetition could settle: recorded and visible, never dropped; and tells whoever sent it. */
export class QuarantineHandler {
  readonly #refusals: Refusals;

  constructor(private readonly ports: Pick<ForemanPorts, 'log' | 'clock'>) {
    this.#refusals = new Refusals(ports);
  }

  /** A message from outside. Its publisher is told, unless its task runs after all; then it is told of that task's end. */
  async messageGivenUp(message: InboxMessage, why: GivenUp): Promise<void> {
    const head = headOf(message);
    const fate = await this.#fate(message, head);
    const untold = fate?.taken || fate?.refused ? undefined : await this.#tell(message, head, why, fate !== undefined);
    if (fate?.quarantined) return;
    const reason = untold === undefined ? why.reason : `${why.reason} Its publisher could not be told: ${untold}`;
    const seal = inboxSeal(message, head, TTL_SECONDS, this.ports.clock.nowMs());
    await this.ports.log.append(sealDraft(setAside(why, reason), { ...seal, id: quarantineId(message) }));
  }

  /** A deadline. What it was to watch is named by the record's own task. */
  async timerGivenUp(due: DueTimer, why: GivenUp): Promise<void> {
    const { tenant, session, task, purpose, atMs } = due;
    const name = createHash('sha256').update([tenant, session, task, purpose, atMs].join(' ')).digest('hex');
    const seal = { source: FOREMAN, tenant, session, task, ttlSeconds: TTL_SECONDS, atMs: this.ports.clock.nowMs() };
    const id = `quarantine-${name.slice(0, 32)}`;
    await this.ports.log.append(sealDraft(setAside(why, why.reason), { ...seal, id }));
  }

  /** What earlier deliveries led to; `undefined` where that cannot be read, which may be the very reason. */
  async #fate(message: InboxMessage, head: InboxHead): Promise<Fate | undefined> {
    try {
      return await this.#refusals.fate(message, head);
    } catch (fault) {
      // Then the message comes again, to be set aside once that has passed.
      if (isRetryable(fault)) throw fault;
      return undefined;
    }
  }

  /** Resolves with why the publisher could not be told, or with nothing. */
  async #tell(message: InboxMessage, head: InboxHead, why: GivenUp, isCertain: boolean): Promise<string | undefined> {
    try {
      await this.#refusals.send(message, head, quarantined(why.deliveries, isCertain));
      return undefined;
    } catch (fault) {
      if (isRetryable(fault)) throw fault;
      return fault instanceof Error ? fault.message : String(fault);
    }
  }
}

const setAside = (why: GivenUp, reason: string): Draft => ({
  type: 'record-quarantined',
  target: JOURNAL,
  payload: { ...why, reason: reason.slice(0, 2_000) },
});
