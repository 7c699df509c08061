import { type Msg, nuid, type Subscription } from '@nats-io/nats-core';
import type { Bus } from './bus.js';
import { type Delivered, deliveredIn } from './delivered.js';
import { headerBlock, statusIn } from './header.js';

export interface PullOptions {
  readonly stream: string;
  readonly durable: string;
  /** Messages that this process takes at once. */
  readonly capacity: number;
  /** How many of them it still has. */
  held(): number;
  deliver(message: Delivered): void;
  /** The server ended a pull: no leader, no such consumer. It is tried again. */
  broken(reason: string): void;
}

/**
 * Life of a pull. In a cluster a pull outlives its process, since the server at the other end of an account's import
 * cannot see whether anybody still waits, and what is delivered into it comes again only after `ack_wait`. So pulls are
 * short, and whoever leaves waits for the last one. Milliseconds.
 */
const PULL_MS = 1_000;
/** How much later than the server's own end a pull is given up. Milliseconds. */
const SPARE_MS = 500;
const PAUSE_MS = 250;

/** Asks a durable consumer for messages, one pull after the other, never for more than there is room for. */
export class Pulls {
  readonly #subject: string;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  readonly #unsubscribe: () => void;
  #stopping = false;
  #number = 0;
  /** What the pull under way may still bring. */
  #due = 0;
  #endsAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended: (() => void) | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly options: PullOptions,
  ) {
    this.#subject = bus.api(`CONSUMER.MSG.NEXT.${options.stream}.${options.durable}`);
    this.#inbox = `${bus.options.inboxPrefix}.${nuid.next()}.`;
    this.#subscription = bus.connection.subscribe(`${this.#inbox}*`, {
      callback: (fault, message) => {
        if (!fault) this.#answered(message);
      },
    });
    this.#unsubscribe = bus.onReconnect(() => this.#end());
    this.next();
  }

  get subject(): string {
    return this.#subject;
  }

  /** Milliseconds for which messages may still arrive that nobody asked for any more. */
  get lingeringMs(): number {
    return this.#isClustered && this.#due > 0 ? Math.max(0, this.#endsAtMs - Date.now()) : 0;
  }

  /** Pulls, when none is under way and there is room for half of the capacity. */
  next(): void {
    if (this.#stopping || this.#due > 0 || this.#timer !== undefined || !this.bus.canPublish) return;
    const room = this.options.capacity - this.options.held();
    if (room * 2 < this.options.capacity) return;
    this.#number += 1;
    this.#due = room;
    this.#endsAtMs = Date.now() + PULL_MS;
    this.#timer = setTimeout(() => this.#broke('no end of a pull was told'), PULL_MS + SPARE_MS);
    const pull = JSON.stringify({ batch: room, expires: PULL_MS * 1_000_000 });
    this.bus.connection.publish(this.#subject, pull, { reply: this.#inbox + this.#number });
  }

  /** No more messages, once this resolves: at once on one server, within `PULL_MS` in a cluster. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#unsubscribe();
    if (this.lingeringMs > 0 && this.bus.connected) {
      await new Promise<void>((resolve) => {
        this.#ended = resolve;
      });
    }
    this.#end();
    if (!this.#subscription.isClosed()) this.#subscription.unsubscribe();
  }

  get #isClustered(): boolean {
    return this.bus.connection.info?.cluster !== undefined;
  }

  #answered(message: Msg): void {
    if (message.subject.startsWith(this.#inbox)) {
      if (message.subject !== this.#inbox + this.#number) return; // about a pull that was given up
      const { code, words } = statusIn(headerBlock(message));
      if (code === 408 || code === 404) this.#end();
      else this.#broke(words || 'a pull was answered with nothing');
      return;
    }
    const delivered = deliveredIn(message);
    if (delivered === undefined) return;
    this.options.deliver(delivered);
    if (this.#due > 0) this.#due -= 1;
    if (this.#due === 0) this.#end();
  }

  /** The pull is over, as it should be. */
  #end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = 0;
    this.#ended?.();
    this.next();
  }

  /** The pull is over, and a next one at once would not fare better. */
  #broke(reason: string): void {
    clearTimeout(this.#timer);
    this.#due = 0;
    this.#ended?.();
    this.#timer = setTimeout(() => this.#end(), PAUSE_MS);
    if (!this.#stopping) this.options.broken(reason);
  }
}
