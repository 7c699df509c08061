import type { ConsumerInfo, ConsumerMessages, JetStreamClient, JsMsg } from '@nats-io/jetstream';
import { LogForbiddenError, StreamDriftError } from '../errors.js';
import type { Following } from '../log.js';
import { ApiError, type Bus, pause } from './bus.js';

/** What becomes of a delivery. */
export type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly afterMs: number }
  /** Never again; the reason is kept by the server's advisory. */
  | { readonly kind: 'never'; readonly reason: string };

export interface FollowedConsumer {
  readonly stream: string;
  readonly durable: string;
  /** Messages handled at once in this process. */
  readonly slots: number;
  /** Messages that may wait in this process for a slot. */
  readonly buffer: number;
  /** Messages of one lane are handled one after the other. */
  lane(message: JsMsg): string;
  /** A throw hands the message back with backoff. `stopped` resolves when no time is left to wait for anything. */
  handle(message: JsMsg, stopped: Promise<void>): Promise<Verdict>;
  readonly failed: (message: JsMsg, fault: unknown) => void;
  readonly again: (fault: unknown) => void;
}

/** How long a message may be held in silence; well under every `ack_wait`. Milliseconds. */
const BEAT_MS = 1_000;
const MISSING = [10014, 10059];

/** How long to wait before delivery number `count + 1`. `nak` without a delay would be back in under a millisecond. */
export const backoffMs = (count: number): number => Math.min(30_000, 250 * 2 ** Math.min(count, 10));

/**
 * Takes messages from a durable consumer until it is drained: as many at once as there are slots, one at a time per lane,
 * telling the server every second that work goes on. The loop never waits for a handler, only for a slot: a loop that
 * waits lets its pulls expire.
 */
export class ConsumerFollowing implements Following {
  readonly #held = new Map<JsMsg, number>();
  readonly #tails = new Map<string, Promise<void>>();
  readonly #stopped = Promise.withResolvers<void>();
  #stopping = false;
  #messages: ConsumerMessages | undefined;
  #loop: Promise<void> = Promise.resolve();
  #beat: NodeJS.Timeout | undefined;
  #freed: (() => void) | undefined;

  private constructor(
    private readonly bus: Bus,
    private readonly client: JetStreamClient,
    private readonly consumer: FollowedConsumer,
  ) {}

  /** @throws {LogForbiddenError} @throws {StreamDriftError} there is no such consumer. @throws {LogUnavailableError} */
  static async start(bus: Bus, client: JetStreamClient, consumer: FollowedConsumer): Promise<ConsumerFollowing> {
    const following = new ConsumerFollowing(bus, client, consumer);
    const messages = await following.#consume();
    following.#beat = setInterval(() => following.#tell(), BEAT_MS);
    following.#loop = following.#follow(messages);
    await following.#accepted();
    return following;
  }

  get held(): number {
    return this.#held.size;
  }

  async drain(graceMs = 10_000): Promise<void> {
    if (this.#stopping) return this.#loop;
    this.#stopping = true;
    this.#stopped.resolve();
    this.#freed?.();
    // What is buffered is still given out, to a loop that hands it back.
    const closed = this.#messages?.close();
    await Promise.race([Promise.allSettled(this.#tails.values()), pause(graceMs)]);
    for (const message of this.#held.keys()) this.#settle(message, { kind: 'again', afterMs: 0 });
    clearInterval(this.#beat);
    await closed;
    await this.#loop;
    if (this.bus.connected) await Promise.race([this.bus.connection.flush().catch(() => undefined), pause(1_000)]);
  }

  async #follow(first: ConsumerMessages): Promise<void> {
    for (let messages: ConsumerMessages | undefined = first; !this.#stopping; ) {
      try {
        messages ??= await this.#consume();
        await this.#take(messages);
      } catch (fault) {
        this.consumer.again(fault);
      }
      messages = undefined;
      if (!this.#stopping) await Promise.race([pause(BEAT_MS), this.#stopped.promise]);
    }
  }

  async #consume(): Promise<ConsumerMessages> {
    const { stream, durable, buffer } = this.consumer;
    const name = `${stream}.${durable}`;
    let info: ConsumerInfo;
    try {
      const subject = this.bus.api(`CONSUMER.INFO.${name}`);
      info = await this.bus.patiently(`asking for ${name}`, () => this.bus.askApi<ConsumerInfo>({ subject }));
    } catch (fault) {
      if (!(fault instanceof ApiError && MISSING.includes(fault.code))) throw fault;
      throw new StreamDriftError(stream, [`it has no consumer ${durable}`]);
    }
    const consumer = this.client.consumers.getConsumerFromInfo(info);
    // A missed heartbeat is what brings a pull back that a change of leader swallowed.
    const messages = await consumer.consume({ max_messages: buffer, expires: 30_000, idle_heartbeat: 2_000 });
    this.#messages = messages;
    return messages;
  }

  /** Whether the server took our first pull: a refusal comes before the answer to a flush. */
  async #accepted(): Promise<void> {
    const { stream, durable } = this.consumer;
    const subject = this.bus.api(`CONSUMER.MSG.NEXT.${stream}.${durable}`);
    if (this.bus.connected) await Promise.race([this.bus.connection.flush().catch(() => undefined), pause(2_000)]);
    await pause(0);
    if (!this.bus.refusals.includes(subject)) return;
    await this.drain(0);
    throw new LogForbiddenError(subject);
  }

  async #take(messages: ConsumerMessages): Promise<void> {
    for await (const message of messages) {
      this.#held.set(message, Date.now());
      if (this.#stopping) {
        this.#settle(message, { kind: 'again', afterMs: 0 });
        continue;
      }
      const key = this.consumer.lane(message);
      const next = (this.#tails.get(key) ?? Promise.resolve()).then(() => this.#one(message));
      this.#tails.set(key, next);
      void next.then(() => {
        if (this.#tails.get(key) === next) this.#tails.delete(key);
        this.#freed?.();
      });
      while (this.#held.size >= this.consumer.slots && !this.#stopping) {
        await new Promise<void>((resolve) => {
          this.#freed = resolve;
        });
      }
    }
  }

  async #one(message: JsMsg): Promise<void> {
    if (this.#stopping) return this.#settle(message, { kind: 'again', afterMs: 0 });
    try {
      this.#settle(message, await this.consumer.handle(message, this.#stopped.promise));
    } catch (fault) {
      this.consumer.failed(message, fault);
      this.#settle(message, { kind: 'again', afterMs: backoffMs(message.info.deliveryCount) });
    }
  }

  /** Where the connection is closed or down nothing is said, and the message comes again. */
  #settle(message: JsMsg, verdict: Verdict): void {
    this.#held.delete(message);
    if (this.bus.connection.isClosed()) return;
    switch (verdict.kind) {
      case 'done':
        message.ack();
        break;
      case 'again':
        message.nak(verdict.afterMs);
        break;
      case 'never':
        message.term(verdict.reason);
        break;
    }
  }

  #tell(): void {
    if (!this.bus.connected || this.bus.connection.isClosed()) return;
    const nowMs = Date.now();
    for (const [message, takenAtMs] of this.#held) if (nowMs - takenAtMs > 0.9 * BEAT_MS) message.working();
  }
}
