import { setTimeout as pause } from 'node:timers/promises';
import { LogForbiddenError, StreamDriftError } from '../errors.js';
import type { Following } from '../log.js';
import { Unshared } from '../unshared.js';
import type { Bus } from './bus.js';
import type { Delivered, Settlement } from './delivered.js';
import { Pulls } from './pulls.js';
import { ApiError } from './question.js';

export interface FollowedConsumer {
  readonly stream: string;
  readonly durable: string;
  /** Messages handled at once in this process. */
  readonly slots: number;
  /** Messages that may wait in this process for a slot. */
  readonly buffer: number;
  /** Messages of one lane are handled one after the other. */
  lane(message: Delivered): string;
  /**
   * Position of the last message that the consumer may deliver, from the leader. Left out where nobody wants to know since
   * when this process has the consumer for itself, or it cannot be told.
   */
  readonly end?: () => Promise<number>;
  /**
   * A throw hands the message back with backoff. `stopped` resolves when no time is left to wait for anything.
   * `aloneSince` is `Delivery.aloneSince`, whenever it is asked.
   */
  handle(message: Delivered, stopped: Promise<void>, aloneSince: () => number | undefined): Promise<Settlement>;
}

/** How long a message may be held in silence; well under every `ack_wait`. Milliseconds. */
const BEAT_MS = 800;
const MISSING = [10014, 10059];

/** How long to wait before delivery number `count + 1`. Handed back without a delay it would be back in a millisecond. */
const backoffMs = (count: number): number => Math.min(30_000, 250 * 2 ** Math.min(count, 10));

/**
 * Takes messages from a durable consumer until it is drained: as many at once as there are slots, one at a time per lane,
 * in their order. While a message is here, handled or waiting, the server is told every second that work goes on.
 */
export class ConsumerFollowing implements Following {
  /** What is here, and since when. */
  readonly #held = new Map<Delivered, number>();
  /** Messages that wait for a slot or for their lane, oldest first. */
  #waiting: Delivered[] = [];
  readonly #lanes = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #pulls: Pulls;
  readonly #unshared: Unshared | undefined;
  readonly #unsubscribe: () => void;
  readonly #beat: NodeJS.Timeout;
  #stopping: Promise<void> | undefined;

  private constructor(
    private readonly bus: Bus,
    private readonly consumer: FollowedConsumer,
  ) {
    const { stream, durable, slots, buffer, end } = consumer;
    this.#unshared = end && new Unshared(end, () => Date.now());
    this.#unsubscribe = bus.onReconnect(() => this.#unshared?.break());
    this.#pulls = new Pulls(bus, {
      stream,
      durable,
      capacity: slots + buffer,
      held: () => this.#held.size,
      deliver: (message) => this.#admit(message),
      broken: (reason) => bus.options.report({ kind: 'following-again', consumer: `${stream}.${durable}`, reason }),
    });
    this.#beat = setInterval(() => this.#tell(), BEAT_MS);
  }

  /** @throws {LogForbiddenError} @throws {StreamDriftError} there is no such consumer. @throws {LogUnavailableError} */
  static async start(bus: Bus, consumer: FollowedConsumer): Promise<ConsumerFollowing> {
    const { stream, durable } = consumer;
    try {
      const subject = bus.api(`CONSUMER.INFO.${stream}.${durable}`);
      await bus.patiently(`asking for the consumer ${durable} of ${stream}`, () => bus.askApi({ subject }));
    } catch (fault) {
      if (!(fault instanceof ApiError && MISSING.includes(fault.code))) throw fault;
      throw new StreamDriftError(stream, [`it has no consumer ${durable}`]);
    }
    const following = new ConsumerFollowing(bus, consumer);
    await following.#accepted();
    return following;
  }

  get held(): number {
    return this.#held.size;
  }

  drain(graceMs = 10_000): Promise<void> {
    this.#stopping ??= this.#drain(graceMs);
    return this.#stopping;
  }

  async #drain(graceMs: number): Promise<void> {
    this.#stopped.resolve();
    this.#unsubscribe();
    const silent = this.#pulls.stop();
    for (const message of this.#waiting.splice(0)) this.#settle(message, this.#handBack());
    await Promise.race([Promise.allSettled(this.#running), pause(graceMs)]);
    await silent;
    for (const message of this.#held.keys()) this.#settle(message, this.#handBack());
    clearInterval(this.#beat);
    if (this.bus.connected) await Promise.race([this.bus.connection.flush().catch(() => undefined), pause(1_000)]);
  }

  /** Whether the server took our first pull: a refusal comes before the answer to a flush. */
  async #accepted(): Promise<void> {
    if (this.bus.connected) await Promise.race([this.bus.connection.flush().catch(() => undefined), pause(2_000)]);
    await pause(0);
    if (!this.bus.refusals.includes(this.#pulls.subject)) return;
    await this.drain(0);
    throw new LogForbiddenError(this.#pulls.subject);
  }

  #admit(message: Delivered): void {
    this.#held.set(message, Date.now());
    this.#unshared?.took(message);
    if (this.#stopping === undefined) {
      this.#waiting.push(message);
      this.#run();
    } else this.#settle(message, this.#handBack());
  }

  /** Starts what has a slot and a free lane. */
  #run(): void {
    if (this.#running.size >= this.consumer.slots || this.#stopping !== undefined) return;
    const waiting: Delivered[] = [];
    for (const message of this.#waiting) {
      const lane = this.consumer.lane(message);
      if (this.#running.size >= this.consumer.slots || this.#lanes.has(lane)) {
        waiting.push(message);
        continue;
      }
      this.#lanes.add(lane);
      const running = this.#one(message).then(() => {
        this.#lanes.delete(lane);
        this.#running.delete(running);
        this.#run();
        this.#pulls.next();
      });
      this.#running.add(running);
    }
    this.#waiting = waiting;
  }

  async #one(message: Delivered): Promise<void> {
    try {
      this.#settle(message, await this.consumer.handle(message, this.#stopped.promise, () => this.#unshared?.since));
    } catch (fault) {
      const { position, count } = message;
      this.bus.options.report({ kind: 'handing-back', position, deliveries: count, fault });
      this.#settle(message, { kind: 'again', afterMs: backoffMs(count) });
    }
  }

  /** To another replica at once; but not before our own last pull can no longer bring it back to us. */
  #handBack(): Settlement {
    return { kind: 'again', afterMs: this.#pulls.lingeringMs };
  }

  /** Where the connection is closed or down nothing is said, and the message comes again. */
  #settle(message: Delivered, settlement: Settlement): void {
    this.#held.delete(message);
    if (settlement.kind !== 'done') this.#unshared?.break();
    if (!this.bus.connection.isClosed()) message.settle(settlement);
  }

  #tell(): void {
    if (!this.bus.canPublish) return;
    const nowMs = Date.now();
    for (const [message, takenAtMs] of this.#held) if (nowMs - takenAtMs > BEAT_MS / 2) message.working();
  }
}
