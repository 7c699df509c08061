import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { isRetryable, type Recorded, type RecordType, VoormanError } from '@voorman/envelope';
import type { Delivery, DueTimer, Following, GivenUp, GiveUpOptions, InboxMessage } from '@voorman/log';
import type { LogConnection } from '@voorman/log/jetstream';
import { isObservable, lastValueFrom } from 'rxjs';
import { faultOf, type OperatorLog } from './journal-lines.js';
import type { ServiceMetrics } from './metrics.js';

/** What a controller's handler gets: the record that wakes it, and how often it was delivered. */
export interface Wake<T extends RecordType> {
  readonly record: Recorded<T>;
  readonly delivery: Delivery;
}

/** Pattern of handlers that due timers wake. */
export const TIMER_DUE = 'timer-due';
/** Pattern of the handler for due timers that no handler could settle. */
export const TIMER_GIVEN_UP = 'timer-given-up';
/** Pattern of the handler for messages from outside. */
export const INBOX_MESSAGE = 'inbox-message';
/** Pattern of the handler for messages from outside that no handler could settle. */
export const INBOX_GIVEN_UP = 'inbox-given-up';

/** What the handlers of `TIMER_GIVEN_UP` and `INBOX_GIVEN_UP` get. */
export interface Quarantine<Item> {
  readonly item: Item;
  readonly why: GivenUp;
}

/** Nest asks for something that a transport on the log does not have. */
export class UnsupportedTransportError extends VoormanError {
  readonly code = 'service/unsupported-transport';
  readonly next = 'Use @EventPattern with a record type, a due timer or an inbox message.';

  constructor(what: string) {
    super(`The transport on the log has no ${what}.`);
  }
}

type GivenUpPattern = typeof TIMER_GIVEN_UP | typeof INBOX_GIVEN_UP;

/** What a transport serves, and how much of it at once. */
export interface LogTransportOptions {
  readonly connection: Pick<LogConnection, 'log' | 'timers' | 'inbox'>;
  readonly log: OperatorLog;
  readonly metrics: ServiceMetrics;
  readonly slots?: number;
  /** Default true. */
  readonly isOrdered?: boolean;
  readonly buffer?: number;
  readonly graceMs: number;
}

/**
 * Nest's transport on the log: a controller's `@EventPattern('<record type>')` is woken by records of that type that are
 * addressed to this service. A handler that resolves acknowledges its record; one that throws gets it again, later.
 * Acknowledging, redelivery, quarantine and draining live in the log and here, not in handlers.
 */
export class LogTransport extends Server implements CustomTransportStrategy {
  #followings: Following[] = [];

  constructor(private readonly options: LogTransportOptions) {
    super();
    options.metrics.countHeld(() => this.held);
  }

  /** Nest calls this once the controllers are bound. */
  listen(callback: (error?: unknown) => void): void {
    this.#follow().then(
      () => callback(),
      (fault: unknown) => callback(fault),
    );
  }

  /** Stops taking records, lets the handlers finish within the grace period, hands the rest back. */
  async close(): Promise<void> {
    await Promise.all(this.#followings.map((following) => following.drain(this.options.graceMs)));
    this.#followings = [];
  }

  /** Records that are held right now. */
  get held(): number {
    return this.#followings.reduce((sum, following) => sum + following.held, 0);
  }

  override on(): void {
    throw new UnsupportedTransportError('events of its own');
  }

  override unwrap<T>(): T {
    return this.options.connection as T;
  }

  async #follow(): Promise<void> {
    const { connection, slots, buffer, isOrdered } = this.options;
    this.#followings.push(
      await connection.log.follow((record, delivery) => this.#wake(record, delivery), {
        ...(slots === undefined ? {} : { slots }),
        ...(isOrdered === undefined ? {} : { isOrdered }),
        ...(buffer === undefined ? {} : { buffer }),
      }),
    );
    if (this.#handler(TIMER_DUE)) {
      const follow = connection.timers.follow((due) => this.#timed(due), this.#givingUp(TIMER_GIVEN_UP));
      this.#followings.push(await follow);
    }
    if (this.#handler(INBOX_MESSAGE)) {
      const follow = connection.inbox.follow((message) => this.#received(message), this.#givingUp(INBOX_GIVEN_UP));
      this.#followings.push(await follow);
    }
  }

  /** Where a controller has a handler for what was given up; without one it comes again for ever. */
  #givingUp<Item extends DueTimer | InboxMessage>(pattern: GivenUpPattern): GiveUpOptions<Item> {
    if (this.#handler(pattern) === undefined) return {};
    return {
      giveUp: async (item, why) => {
        await this.#measured(pattern, { item, why }, { position: why.position, deliveries: why.deliveries });
        this.options.log.error({ why }, 'What could not be handled was set aside.');
      },
    };
  }

  #handler(pattern: string): MessageHandler | undefined {
    return this.messageHandlers.get(pattern);
  }

  #wake(record: Recorded, delivery: Delivery): Promise<void> {
    return this.#measured(record.type, { record, delivery }, { position: record.position, deliveries: delivery.count });
  }

  #timed(due: DueTimer): Promise<void> {
    return this.#measured(TIMER_DUE, due, { task: due.task });
  }

  #received(message: InboxMessage): Promise<void> {
    return this.#measured(INBOX_MESSAGE, message, { inbox_position: message.position });
  }

  /** A record type without a handler wakes nobody here: it is acknowledged, as the service has nothing to do with it. */
  async #measured(
    pattern: RecordType | typeof TIMER_DUE | typeof INBOX_MESSAGE | GivenUpPattern,
    data: Wake<RecordType> | DueTimer | InboxMessage | Quarantine<DueTimer | InboxMessage>,
    where: object,
  ): Promise<void> {
    const handler = this.#handler(pattern);
    if (handler === undefined) return;
    const { metrics, log } = this.options;
    const stop = metrics.seconds.startTimer({ type: pattern });
    try {
      const result = await handler(data);
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
      metrics.handled.inc({ type: pattern, result: 'done' });
    } catch (fault) {
      // The log keeps a record in hand while this may help, attempt after attempt: nothing that an operator need see.
      const isKept = isRetryable(fault);
      metrics.handled.inc({ type: pattern, result: isKept ? 'kept' : 'handed-back' });
      const told = { ...where, pattern, fault: faultOf(fault) };
      if (isKept) log.debug(told, 'A record is kept in hand and tried again.');
      else log.warn(told, 'A record is handed back.');
      throw fault;
    } finally {
      stop();
    }
  }
}
