import type { Token } from '@voorman/envelope';
import type { GiveUpOptions } from './given-up.js';
import type { Following } from './log.js';

/** Which deadline of which task; setting it again replaces it. */
export interface TimerKey {
  readonly tenant: Token;
  readonly session: Token;
  readonly task: Token;
  readonly purpose: Token;
}

/** A deadline that has come. */
export interface DueTimer extends TimerKey {
  /** When it was to fire: milliseconds since 1970. */
  readonly atMs: number;
}

/** Deadlines that outlive every process. A due timer is a wake-up, not a fact: fold the task, then decide. */
export interface Timers {
  /** Fires at `atMs` or up to half a second later, never earlier; a time in the past fires at once. */
  set(key: TimerKey, atMs: number): Promise<void>;
  cancel(key: TimerKey): Promise<void>;
  /** Wakes this service's replicas for due timers; resolving acknowledges, throwing brings it again later. */
  follow(handler: (due: DueTimer) => Promise<void>, options?: GiveUpOptions<DueTimer>): Promise<Following>;
}
