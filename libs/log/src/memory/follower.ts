import { hasCode } from '@voorman/envelope';
import type { Delivery, Following } from '../log.js';
import { Unshared } from '../unshared.js';
import type { Durable, Ticket } from './durable.js';
import type { Link } from './link.js';

/** How often the consumer is told that work goes on, and from what age of a held item on. Milliseconds. */
const BEAT_MS = 1_000;
const BEAT_AGE_MS = 900;
const LONGEST_BACKOFF_MS = 30_000;

export interface Follow<Item> {
  readonly slots: number;
  /** Items of one lane are handled one at a time, in the order in which they came. Default: each its own lane. */
  readonly lane?: (item: Item) => string;
  readonly handle: (item: Item, delivery: Delivery) => Promise<void>;
  /** Position of the last item that the durable may hand out; left out where it would prove nothing. */
  readonly end?: () => Promise<number>;
  /** More deliveries than this, or a poisonous item, end here. Without it an item comes again for ever. */
  readonly quarantine?: {
    readonly maxDeliveries: number;
    readonly setAside: (item: Item, deliveries: number, reason: string, position: number) => Promise<void>;
  };
}

/** A process's share of a durable: takes, handles, acknowledges, gives back, and tells that it is still at it. */
export class Follower<Item> implements Following {
  /** Deliveries taken and not yet settled, since when: of one item there may be several. */
  readonly #held = new Map<Ticket<Item>, number>();
  readonly #tails = new Map<string, Promise<void>>();
  readonly #faults = new Map<number, string>();
  readonly #unshared: Unshared | undefined;
  /** Taken and on their way here. */
  #coming = 0;
  #stopping = false;
  #beating = false;
  #unwant = (): void => undefined;

  constructor(
    private readonly link: Link,
    private readonly durable: Durable<Item>,
    private readonly follow: Follow<Item>,
  ) {
    const { end } = follow;
    this.#unshared = end && new Unshared(end, () => link.weather.nowMs());
    this.#pull();
  }

  get held(): number {
    return this.#held.size;
  }

  async drain(graceMs = 10_000): Promise<void> {
    this.#stopping = true;
    this.#unwant();
    const handlers = Promise.all(this.#tails.values());
    if (this.#tails.size > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.link.weather.after(graceMs, resolve);
        void handlers.then(() => {
          cancel();
          resolve();
        });
      });
    }
    for (const ticket of this.#held.keys()) this.#giveBack(ticket, 0);
    this.#held.clear();
  }

  #pull = (): void => {
    this.#unwant();
    while (!this.#stopping && !this.link.isCut && this.#held.size + this.#coming < this.follow.slots) {
      const ticket = this.durable.take();
      if (!ticket) {
        this.#unwant = this.durable.wanted(this.#pull);
        return;
      }
      const fate = this.link.weather.fate('delivery');
      this.#coming += 1;
      if (fate.twice) this.durable.copy(ticket.position);
      this.link.later(fate.backMs, () => {
        this.#coming -= 1;
        if (fate.lostBack) this.#pull();
        else this.#receive(ticket);
      });
    }
  };

  #receive(ticket: Ticket<Item>): void {
    if (this.link.isCut) return;
    if (this.#stopping) {
      this.#giveBack(ticket, 0);
      return;
    }
    this.#held.set(ticket, this.link.weather.nowMs());
    this.#unshared?.took(ticket);
    this.#beat();
    const lane = this.follow.lane?.(ticket.item) ?? String(ticket.position);
    const before = this.#tails.get(lane);
    const tail = (before ? before.then(() => this.#one(ticket)) : this.#one(ticket)).then(() => {
      if (this.#tails.get(lane) === tail) this.#tails.delete(lane);
      this.#pull();
    });
    this.#tails.set(lane, tail);
  }

  async #one(ticket: Ticket<Item>): Promise<void> {
    const { position, item, count } = ticket;
    // Handed back meanwhile, by draining.
    if (!this.#held.has(ticket)) return;
    if (this.#stopping) return this.#end(ticket, () => this.#giveBack(ticket, 0));
    const { quarantine } = this.follow;
    try {
      if (quarantine && count > quarantine.maxDeliveries) {
        const fault = this.#faults.get(position) ?? 'its handlers ended without a word';
        this.#unshared?.break();
        await quarantine.setAside(item, count - 1, `Given up after ${count - 1} deliveries: ${fault}`, position);
      } else {
        await this.follow.handle(item, this.#delivery(count));
      }
      this.#end(ticket, () => this.#acknowledge(ticket));
    } catch (fault) {
      await this.#failed(ticket, fault);
    }
  }

  #delivery(count: number): Delivery {
    const unshared = this.#unshared;
    return {
      count,
      get aloneSince() {
        return unshared?.since;
      },
    };
  }

  async #failed(ticket: Ticket<Item>, fault: unknown): Promise<void> {
    const { position, item, count } = ticket;
    this.#unshared?.break();
    const reason = fault instanceof Error ? fault.message : String(fault);
    // What the handler said is worth more than why setting aside did not work.
    if (count <= (this.follow.quarantine?.maxDeliveries ?? count)) this.#faults.set(position, reason);
    if (this.follow.quarantine && hasCode(fault, 'log/poison-record')) {
      const aside = await this.follow.quarantine.setAside(item, count, reason, position).then(
        () => true,
        // Not recorded, so not dropped either: it comes again.
        () => false,
      );
      if (aside) return this.#end(ticket, () => this.#acknowledge(ticket));
    }
    this.#end(ticket, () => this.#giveBack(ticket, Math.min(LONGEST_BACKOFF_MS, 250 * 2 ** count)));
  }

  /** Ends this process's hold on an item, unless draining has ended it already. */
  #end(ticket: Ticket<Item>, say: () => void): void {
    if (this.#held.delete(ticket)) say();
  }

  #acknowledge({ position }: Ticket<Item>): void {
    this.#faults.delete(position);
    this.link.tell(() => this.durable.acknowledge(position));
  }

  #giveBack({ position }: Ticket<Item>, delayMs: number): void {
    this.link.tell(() => this.durable.giveBack(position, delayMs));
  }

  #beat(): void {
    if (this.#beating || this.link.isCut) return;
    this.#beating = true;
    this.link.weather.after(BEAT_MS, () => {
      this.#beating = false;
      if (this.#held.size === 0 || this.link.isCut) return;
      const nowMs = this.link.weather.nowMs();
      for (const [{ position }, sinceMs] of this.#held) {
        if (nowMs - sinceMs > BEAT_AGE_MS) this.link.tell(() => this.durable.working(position));
      }
      this.#beat();
    });
  }
}
