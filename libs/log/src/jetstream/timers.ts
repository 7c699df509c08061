import { headers } from '@nats-io/nats-core';
import { requireToken, type Token } from '@voorman/envelope';
import type { GiveUpOptions } from '../given-up.js';
import type { Following } from '../log.js';
import type { DueTimer, TimerKey, Timers } from '../timers.js';
import type { Bus } from './bus.js';
import type { Delivered, Settlement } from './delivered.js';
import { ConsumerFollowing } from './following.js';
import { handledOrGivenUp } from './giving-up.js';
import { timersStream } from './stream-config.js';

const SLOTS = 64;
const parts = ['tenant', 'session', 'task', 'purpose'] as const;

/** Deadlines as scheduled messages of the server, in a stream of the owner's own. */
export class JetStreamTimers implements Timers {
  constructor(
    private readonly bus: Bus,
    private readonly owner: Token,
    private readonly followed: (following: Following) => void,
  ) {}

  async set(key: TimerKey, atMs: number): Promise<void> {
    const place = placeOf(key);
    const schedule = headers();
    schedule.set('Nats-Schedule', `@at ${new Date(atMs).toISOString()}`);
    schedule.set('Nats-Schedule-Target', `timer.due.${this.owner}.${place}`);
    // The server keeps one schedule per subject, so a repetition replaces what the lost attempt may have left.
    const message = {
      subject: `timer.set.${this.owner}.${place}`,
      data: JSON.stringify({ at_ms: atMs }),
      headers: schedule,
    };
    await this.bus.patiently(`setting the timer ${place}`, () => this.bus.askApi(message));
  }

  async cancel(key: TimerKey): Promise<void> {
    const place = placeOf(key);
    const purge = {
      subject: this.bus.api(`STREAM.PURGE.${timersStream(this.owner)}`),
      data: JSON.stringify({ filter: `timer.set.${this.owner}.${place}` }),
    };
    await this.bus.patiently(`cancelling the timer ${place}`, () => this.bus.askApi(purge));
  }

  async follow(handler: (due: DueTimer) => Promise<void>, options?: GiveUpOptions<DueTimer>): Promise<Following> {
    const handle = handledOrGivenUp(this.owner, handler, options);
    const following = await ConsumerFollowing.start(this.bus, {
      stream: timersStream(this.owner),
      durable: this.owner,
      slots: SLOTS,
      buffer: SLOTS,
      lane: ({ subject }) => subject,
      handle: async (message, stopped): Promise<Settlement> => {
        const due = dueIn(message);
        if (due === undefined) return { kind: 'never', reason: 'is no timer' };
        return await handle(message, due, stopped);
      },
    });
    this.followed(following);
    return following;
  }
}

const placeOf = (key: TimerKey): string => parts.map((part) => requireToken(part, key[part])).join('.');

/** Which timer fired: the subject says which, the body when it was to. Only the owner can write either. */
function dueIn(message: Delivered): DueTimer | undefined {
  const [tenant, session, task, purpose] = message.subject.split('.').slice(3);
  if (tenant === undefined || session === undefined || task === undefined || purpose === undefined) return undefined;
  try {
    const { at_ms: atMs } = JSON.parse(Buffer.from(message.data).toString()) as { at_ms?: unknown };
    return typeof atMs === 'number' ? { tenant, session, task, purpose, atMs } : undefined;
  } catch {
    return undefined; // not JSON: as little a timer as any other junk
  }
}
