import type { PayloadRef } from '@voorman/envelope';
import type { InboxMessage } from '../inbox.js';
import type { DueTimer, TimerKey } from '../timers.js';
import { Durable } from './durable.js';
import { type Accepted, type Proposal, RecordStream, type Refused, type StoredRecord } from './record-stream.js';
import { realTime, type Scheduler } from './weather.js';

/** Whose time a store goes by, and which habits of a server it has. */
export interface MemoryStoreOptions {
  /** Default: the machine's own clock. */
  readonly scheduler?: Scheduler;
  /** Behave like a replicated stream: appends in flight are compared by the text of their boundary only. */
  readonly cluster?: boolean;
  /** How long a taken record may be silent before it comes again. Milliseconds; default 3,000. */
  readonly ackWaitMs?: number;
  /** How long an id is remembered. Milliseconds; default 120,000. */
  readonly duplicateWindowMs?: number;
}

/** Stored content, as it came in. */
export interface StoredContent {
  readonly pieces: readonly Uint8Array[];
  readonly mediaType: string;
}

/**
 * What the broker would keep: records, durable consumers, timers, the inbox, content and bundles. Every method is
 * synchronous; what takes time or goes wrong between a client and the store is the client's weather.
 */
export class MemoryStore {
  readonly scheduler: Scheduler;
  readonly cluster: boolean;
  readonly #ackWaitMs: number;
  readonly #stream: RecordStream;
  readonly #durables = new Map<string, Durable<StoredRecord>>();
  readonly #dueTimers = new Map<string, Durable<DueTimer>>();
  readonly #schedules = new Map<string, () => void>();
  readonly #content = new Map<string, StoredContent>();
  readonly #bundles = new Map<string, Uint8Array>();
  readonly #watchers = new Set<(name: string) => void>();
  readonly inbox: Durable<InboxMessage>;
  #inboxEnd = 0;
  #timersEnd = 0;

  constructor(options: MemoryStoreOptions = {}) {
    this.scheduler = options.scheduler ?? realTime;
    this.cluster = options.cluster ?? false;
    this.#ackWaitMs = options.ackWaitMs ?? 3_000;
    this.inbox = new Durable(this.scheduler, this.#ackWaitMs);
    this.#stream = new RecordStream(this.scheduler, this.cluster, options.duplicateWindowMs ?? 120_000, (record) =>
      this.#durables.get(record.target)?.offer(record.position, record),
    );
  }

  /** Proposes one record. @param inFlightMs how long a cluster takes to apply it; one server ignores it. */
  propose(proposal: Proposal, inFlightMs = 0): Accepted | Refused {
    return this.#stream.propose(proposal, inFlightMs);
  }

  /** Up to `limit` records after a position, without those of the last `behindMs`. */
  read(filter: string, after: number, limit: number, behindMs = 0): readonly StoredRecord[] {
    return this.#stream.select(filter, after, limit, behindMs);
  }

  /** Position of the last record that the filter covers; 0 where there is none. */
  last(filter: string): number {
    return this.#stream.last(filter);
  }

  /** The durable of a service; made on first use, from the beginning of the log. */
  durable(name: string): Durable<StoredRecord> {
    const known = this.#durables.get(name);
    if (known) return known;
    const durable = new Durable<StoredRecord>(this.scheduler, this.#ackWaitMs);
    this.#durables.set(name, durable);
    for (const record of this.#stream.all()) if (record.target === name) durable.offer(record.position, record);
    return durable;
  }

  /** @param lateMs how long after its time it fires. */
  setTimer(owner: string, key: TimerKey, atMs: number, lateMs = 0): void {
    const { tenant, session, task, purpose } = key;
    const name = [owner, tenant, session, task, purpose].join('.');
    this.#schedules.get(name)?.();
    const fire = (): void => {
      const leftMs = atMs - this.scheduler.nowMs();
      // Node's own timers may come a millisecond early.
      if (leftMs > 0) return void this.#schedules.set(name, this.scheduler.after(leftMs, fire));
      this.#schedules.delete(name);
      this.#timersEnd += 1;
      this.dueTimers(owner).offer(this.#timersEnd, { tenant, session, task, purpose, atMs });
    };
    this.#schedules.set(name, this.scheduler.after(Math.max(0, atMs - this.scheduler.nowMs()) + lateMs, fire));
  }

  cancelTimer(owner: string, { tenant, session, task, purpose }: TimerKey): void {
    const name = [owner, tenant, session, task, purpose].join('.');
    this.#schedules.get(name)?.();
    this.#schedules.delete(name);
  }

  dueTimers(owner: string): Durable<DueTimer> {
    const known = this.#dueTimers.get(owner) ?? new Durable<DueTimer>(this.scheduler, this.#ackWaitMs);
    this.#dueTimers.set(owner, known);
    return known;
  }

  /** Puts a message into the inbox, as an outside publisher does. Returns its position there. */
  publish(message: Pick<InboxMessage, 'tenant' | 'publisher' | 'target' | 'body'>): number {
    this.#inboxEnd += 1;
    const position = this.#inboxEnd;
    this.inbox.offer(position, { ...message, position, receivedAtMs: this.scheduler.nowMs() });
    return position;
  }

  putContent(ref: PayloadRef['ref'], content: StoredContent): void {
    this.#content.set(ref, content);
  }

  content(ref: PayloadRef['ref']): StoredContent | undefined {
    return this.#content.get(ref);
  }

  putBundle(name: string, content: Uint8Array): void {
    this.#bundles.set(name, content.slice());
    for (const changed of this.#watchers) changed(name);
  }

  bundle(name: string): Uint8Array | undefined {
    return this.#bundles.get(name)?.slice();
  }

  watchBundles(changed: (name: string) => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  /** What is under way: items of any durable that nobody acknowledged, and schedules that have not fired. */
  get unsettled(): {
    readonly records: number;
    readonly timers: number;
    readonly schedules: number;
    readonly inbox: number;
  } {
    const sum = (durables: Iterable<Durable<unknown>>): number =>
      [...durables].reduce((total, durable) => total + durable.unsettled, 0);
    return {
      records: sum(this.#durables.values()),
      timers: sum(this.#dueTimers.values()),
      schedules: this.#schedules.size,
      inbox: this.inbox.unsettled,
    };
  }

  /** Calls off every schedule, so that the process can end. */
  close(): void {
    for (const cancel of this.#schedules.values()) cancel();
    this.#schedules.clear();
  }
}
