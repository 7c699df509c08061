/** Fewer than this travel alone: starting a batch costs the server as much as several records. */
const SMALLEST_BATCH = 8;
/** How often the way that seems slower is tried, so that a wrong or old impression mends itself. Milliseconds. */
const TRIAL_MS = { least: 500, most: 30_000 };
/** A way that is so many times slower is tried less and less often. */
const MUCH_SLOWER = 1.5;
/** How much a new observation counts. */
const WEIGHT = 0.3;

export type Way = 'singles' | 'batch';

/**
 * Learns which is quicker here: one batch, or the same records alone and side by side. A server that syncs every append
 * to disk is several times quicker with batches; one that does not is quicker without. Which of them it is, no client is
 * told, and load, disks or a cluster change the figures.
 */
export class Pace {
  /** Milliseconds per record that travelled alone, with others beside it. */
  #single: number | undefined;
  /** Milliseconds per record of a batch, by the binary logarithm of its size. */
  readonly #batch = new Map<number, number>();
  #trialAtMs = 0;
  #trialEveryMs = TRIAL_MS.least;

  /** How this many waiting records should travel. */
  choose(waiting: number, nowMs: number): { readonly way: Way; readonly trial: boolean } {
    if (waiting < SMALLEST_BATCH) return { way: 'singles', trial: false };
    const batch = this.#batch.get(bucketOf(waiting));
    if (batch === undefined) return { way: 'batch', trial: false };
    const single = this.#single ?? Number.POSITIVE_INFINITY;
    const better: Way = single < batch ? 'singles' : 'batch';
    if (nowMs < this.#trialAtMs) return { way: better, trial: false };
    const isClear = this.#single !== undefined && Math.max(single, batch) > MUCH_SLOWER * Math.min(single, batch);
    this.#trialEveryMs = isClear ? Math.min(TRIAL_MS.most, this.#trialEveryMs * 2) : TRIAL_MS.least;
    this.#trialAtMs = nowMs + this.#trialEveryMs;
    return { way: better === 'batch' ? 'singles' : 'batch', trial: true };
  }

  /** So many records travelled alone, side by side, in so much time. */
  sawSingles(count: number, ms: number): void {
    this.#single = weighed(this.#single, ms / count);
  }

  sawBatch(size: number, ms: number): void {
    const bucket = bucketOf(size);
    this.#batch.set(bucket, weighed(this.#batch.get(bucket), ms / size));
  }
}

const bucketOf = (size: number): number => Math.floor(Math.log2(size));
const weighed = (known: number | undefined, seen: number): number =>
  known === undefined ? seen : known + WEIGHT * (seen - known);
