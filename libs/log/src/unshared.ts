/** One delivery of a durable consumer. */
export interface Taken {
  readonly position: number;
  /** 1 for the first time. */
  readonly count: number;
  /** Which of all deliveries of the durable this is, whoever they went to. */
  readonly sequence: number;
}

/** How soon after a break the end of the log is asked for again: where replicas share the work, breaks are many. Milliseconds. */
const ASK_EVERY_MS = 1_000;

/**
 * Knows since when a process has had a durable consumer for itself: from that position on every record of it was delivered
 * to this process, once, in order.
 *
 * The server counts a durable's deliveries, so one that went elsewhere leaves a hole in our count. The count itself can
 * fall back when the server dies. Hence nothing is believed after a break (a hole, a repetition, a reconnect) but what was
 * recorded later: nobody can have been given that before.
 */
export class Unshared {
  #since: number | undefined;
  /** Where the durable's records ended after the last break. */
  #end: number | undefined;
  #sequence: number | undefined;
  #breaks = 0;
  #asking = false;
  #askAtMs = 0;

  /** @param end position of the last record that the durable may deliver, as the leader knows it. */
  constructor(
    private readonly end: () => Promise<number>,
    private readonly nowMs: () => number,
  ) {}

  /** Position of the first of the unbroken row of records that ends with the one taken last. */
  get since(): number | undefined {
    return this.#since;
  }

  took({ position, count, sequence }: Taken): void {
    if (count > 1 || (this.#sequence !== undefined && sequence !== this.#sequence + 1)) this.break();
    this.#sequence = sequence;
    if (this.#end === undefined) this.#ask();
    else if (position > this.#end) this.#since ??= position;
  }

  /** Something went elsewhere, may have, or was not carried out here. */
  break(): void {
    this.#breaks += 1;
    this.#since = undefined;
    this.#end = undefined;
    this.#sequence = undefined;
  }

  #ask(): void {
    if (this.#asking || this.nowMs() < this.#askAtMs) return;
    this.#asking = true;
    const breaks = this.#breaks;
    const answered = (end?: number): void => {
      this.#asking = false;
      this.#askAtMs = this.nowMs() + ASK_EVERY_MS;
      if (breaks === this.#breaks) this.#end = end;
    };
    // Where nobody answers, nothing is known, and the next delivery asks again.
    this.end().then(answered, () => answered());
  }
}
