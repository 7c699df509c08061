/** Fewer than this travel alone: starting a batch costs the server as much as several records. */
const SMALLEST_BATCH = 8;
/** How often the way that seems slower is tried, so that a wrong or old impression mends itself. Milliseconds. */
const TRIAL_MS = 500;

export type Way = 'singles' | 'batch';

/**
 * Learns which is quicker here: one batch, or the same records alone and side by side. A server that syncs every append
 * to disk is several times quicker with batches; one that does not is quicker without, up to a hundred records or so.
 * Which of them it is, no client is told, and load or a cluster change the figures.
 */
export class Pace {
  /** Milliseconds per record that travelled alone, with others beside it. */
  #single: number | undefined;
  /** Milliseconds per record of a batch, by the binary logarithm of its size. */
  readonly #batch = new Map<number, number>();
  #triedAtMs = 0;

  /** How this many waiting records should travel. */
  choose(waiting: number, nowMs: number): { readonly way: Way; readonly trial: boolean } {
    if (waiting < SMALLEST_BATCH) return { way: 'singles', trial: false };
    const batch = this.#batch.get(bucketOf(waiting));
    if (batch === undefined) return { way: 'batch', trial: false };
    const better: Way = this.#single !== undefined && this.#single < batch ? 'singles' : 'batch';
    if (nowMs - this.#triedAtMs < TRIAL_MS) return { way: better, trial: false };
    this.#triedAtMs = nowMs;
    return { way: better === 'batch' ? 'singles' : 'batch', trial: true };
  }

  /** A record that travelled alone arrived so long after the one before it. */
  sawSingle(ms: number): void {
    this.#single = this.#single === undefined ? ms : this.#single + 0.05 * (ms - this.#single);
  }

  sawBatch(size: number, ms: number): void {
    const bucket = bucketOf(size);
    const known = this.#batch.get(bucket);
    const each = ms / size;
    this.#batch.set(bucket, known === undefined ? each : known + 0.3 * (each - known));
  }
}

const bucketOf = (size: number): number => Math.floor(Math.log2(size));
