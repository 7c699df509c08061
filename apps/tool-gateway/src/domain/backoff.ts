/** How the waits between attempts grow. Milliseconds. */
export interface Backoff {
  readonly backoff: 'exponential' | 'fixed';
  readonly initial_ms: number;
  readonly max_ms: number;
  /** Share of each wait that is left to chance, 0 to 1. */
  readonly jitter: number;
}

/**
 * Milliseconds to wait after attempt number `attempt` (from 1): the same each time, or doubling up to the longest. Chance
 * shortens a wait and never lengthens it, so that callers who failed together do not come again together.
 * @param chance from 0 to below 1.
 */
export function backoffMs({ backoff, initial_ms, max_ms, jitter }: Backoff, attempt: number, chance: number): number {
  const full = Math.min(max_ms, backoff === 'fixed' ? initial_ms : initial_ms * 2 ** (attempt - 1));
  return Math.round(full * (1 - jitter * (1 - chance)));
}
