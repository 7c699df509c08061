const FIRST_MS = 100;
const MOST_MS = 5_000;
/** Whoever lived so long has started well: its next death counts as the first. */
const WELL_AFTER_MS = 10_000;

/** How long to wait before something that died is started again: 100 ms, doubling to 5 s. */
export class Backoff {
  #deaths = 0;

  /** @param livedMs how long it ran before this death. */
  died(livedMs: number): number {
    if (livedMs >= WELL_AFTER_MS) this.#deaths = 0;
    this.#deaths += 1;
    return Math.min(MOST_MS, FIRST_MS * 2 ** (this.#deaths - 1));
  }

  /** Deaths since it last lived for a while. */
  get deaths(): number {
    return this.#deaths;
  }
}
