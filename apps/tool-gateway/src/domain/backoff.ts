/** How the waits between attempts grow. */
export interface Backoff {
  readonly backoff: 'exponential' | 'fixed';
  readonly initial_ms: number;
}

const MAX_WAIT_MS = 30_000;

/** Milliseconds to wait after attempt number `attempt` (from 1): the same each time, or doubling up to 30 s. */
export const backoffMs = ({ backoff, initial_ms }: Backoff, attempt: number): number =>
  Math.min(MAX_WAIT_MS, backoff === 'fixed' ? initial_ms : initial_ms * 2 ** (attempt - 1));
