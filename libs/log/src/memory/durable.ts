import type { Scheduler } from './weather.js';

/** One delivery of one item. */
export interface Ticket<Item> {
  /** The item's place in its stream; the same at every delivery. */
  readonly position: number;
  readonly item: Item;
  /** 1 for the first delivery. */
  readonly count: number;
  /** Which of all deliveries of the durable this is. */
  readonly sequence: number;
}

interface Entry<Item> {
  readonly position: number;
  readonly item: Item;
  count: number;
  state: 'waiting' | 'held' | 'delayed';
  /** Held: when it comes again unless something is heard; delayed: when it may be taken again. */
  untilMs: number;
}

/**
 * A durable consumer: hands out items one by one, again when nothing was heard for `ackWaitMs`, until each one is
 * acknowledged. Replicas take from the same one. An item that comes again comes after those that were never taken out
 * before it was ready again, as on the real bus: order is no promise.
 */
export class Durable<Item> {
  readonly #entries = new Map<number, Entry<Item>>();
  readonly #waiting: Entry<Item>[] = [];
  #takers: (() => void)[] = [];
  #handingOut = false;
  #deliveries = 0;

  constructor(
    private readonly scheduler: Scheduler,
    readonly ackWaitMs: number,
  ) {}

  /** Items not acknowledged yet, taken or not. */
  get unsettled(): number {
    return this.#entries.size;
  }

  offer(position: number, item: Item): void {
    const entry: Entry<Item> = { position, item, count: 0, state: 'waiting', untilMs: 0 };
    this.#entries.set(position, entry);
    this.#ready(entry);
  }

  /** The next item, held for `ackWaitMs` from now; `undefined` where nothing waits. */
  take(): Ticket<Item> | undefined {
    for (;;) {
      const entry = this.#waiting.shift();
      if (!entry) return undefined;
      if (entry.state !== 'waiting' || !this.#entries.has(entry.position)) continue;
      entry.count += 1;
      this.#deliveries += 1;
      entry.state = 'held';
      this.#until(entry, this.ackWaitMs);
      return { position: entry.position, item: entry.item, count: entry.count, sequence: this.#deliveries };
    }
  }

  /** Calls back once, soon after something can be taken; the longest waiting first. Returns how to call it off. */
  wanted(taker: () => void): () => void {
    this.#takers.push(taker);
    return () => {
      this.#takers = this.#takers.filter((other) => other !== taker);
    };
  }

  /** Settles an item for good, whoever says so: an acknowledgement of an earlier delivery counts as well. */
  acknowledge(position: number): void {
    this.#entries.delete(position);
  }

  /** Lets the item come again in `delayMs`. */
  giveBack(position: number, delayMs: number): void {
    const entry = this.#entries.get(position);
    if (!entry || entry.state === 'waiting') return;
    if (delayMs <= 0) {
      this.#ready(entry);
    } else {
      entry.state = 'delayed';
      this.#until(entry, delayMs);
    }
  }

  /** Someone still works on it: holds it for another `ackWaitMs`. */
  working(position: number): void {
    const entry = this.#entries.get(position);
    if (entry?.state === 'held') entry.untilMs = this.scheduler.nowMs() + this.ackWaitMs;
  }

  /** Lets a copy of a held item out, as when its holder froze and came back. */
  copy(position: number): void {
    const entry = this.#entries.get(position);
    if (entry?.state === 'held') this.#ready(entry);
  }

  #ready(entry: Entry<Item>): void {
    entry.state = 'waiting';
    this.#waiting.push(entry);
    if (this.#handingOut || this.#takers.length === 0) return;
    this.#handingOut = true;
    // Not within the writer's own call: whoever takes is another process.
    queueMicrotask(() => {
      this.#handingOut = false;
      // A taker that died meanwhile takes nothing; one that wants more asks again.
      while (this.#waiting.length > 0) {
        const taker = this.#takers.shift();
        if (!taker) return;
        taker();
      }
    });
  }

  #until(entry: Entry<Item>, ms: number): void {
    const { count, state } = entry;
    entry.untilMs = this.scheduler.nowMs() + ms;
    const look = (): void => {
      if (entry.count !== count || entry.state !== state || !this.#entries.has(entry.position)) return;
      const leftMs = entry.untilMs - this.scheduler.nowMs();
      if (leftMs > 0) this.scheduler.after(leftMs, look);
      else this.#ready(entry);
    };
    this.scheduler.after(ms, look);
  }
}
