import { nuid } from '@nats-io/nats-core';
import { type Append, type Appending, appendHeaders } from './append.js';
import { type Bus, NoAnswerError } from './bus.js';
import { Pace } from './pace.js';
import { Touching } from './touching.js';

/** Appends that are under way alone at once: few where batches are quicker, so that those who wait form one. */
const SINGLES = { singles: 256, batch: 8 };
/** How many of them side by side, and how many in a row, it takes to tell how quickly they go. */
const CROWD = 4;
const ROW = 32;

/** A batch is one request to the server; larger ones keep everyone else waiting. */
const MAX_BATCH = 256;
const MAX_BATCH_BYTES = 1024 * 1024;
/** How far into the queue a batch looks for appends that do not touch. */
const MAX_LOOKED_AT = 1024;

interface Pending {
  readonly append: Append;
  readonly untilMs: number;
  readonly resolve: (position: number) => void;
  readonly reject: (fault: unknown) => void;
}

/**
 * Appends that wait while others are under way travel together as one atomic batch, which costs the server one sync to
 * disk. No two that touch are under way at once, alone or in a batch. A batch that is refused, or whose answer is lost,
 * is settled append by append, so only the guilty one fails.
 */
export class GroupCommit {
  #queue: Pending[] = [];
  readonly #flying = new Touching();
  #singles = 0;
  #batching = false;
  #scheduled = false;
  readonly #pace = new Pace();
  /** The row of single appends under way: since when, how many arrived, how many were under way at once. */
  #row = { sinceMs: 0, count: 0, most: 0 };

  constructor(
    private readonly bus: Bus,
    private readonly appending: Appending,
  ) {}

  /** Resolves with the record's position. @throws what `Log.append` throws. */
  append(append: Append): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ append, untilMs: Date.now() + this.bus.options.patienceMs, resolve, reject });
      this.#schedule();
    });
  }

  /** After everything that this turn of the event loop brought in, so that what arrives together travels together. */
  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#batching) return;
    const free = this.#free();
    const { way } = this.#pace.choose(free.length, performance.now());
    if (way === 'batch') {
      this.#take(free);
      void this.#batch(free);
      return;
    }
    // Also a trial sends all of them: a few alone take as long as their answers take, and tell nothing of a crowd.
    const most = free.length < SINGLES.batch ? SINGLES.batch : SINGLES.singles;
    const chosen = free.slice(0, Math.max(0, most - this.#singles));
    this.#take(chosen);
    for (const pending of chosen) void this.#single(pending);
  }

  /** The waiting appends that touch neither what is under way nor anything that waits before them. */
  #free(): Pending[] {
    const chosen: Pending[] = [];
    const before = new Touching();
    let bytes = 0;
    for (const pending of this.#queue.slice(0, MAX_LOOKED_AT)) {
      const { append } = pending;
      if (chosen.length === MAX_BATCH || (bytes > 0 && bytes + append.data.length > MAX_BATCH_BYTES)) break;
      if (!before.touches(append) && !this.#flying.touches(append)) {
        chosen.push(pending);
        bytes += append.data.length;
      }
      before.add(append);
    }
    return chosen;
  }

  #take(chosen: readonly Pending[]): void {
    const taken = new Set(chosen);
    if (taken.size > 0) this.#queue = this.#queue.filter((pending) => !taken.has(pending));
    for (const { append } of chosen) this.#flying.add(append);
  }

  async #single({ append, untilMs, resolve, reject }: Pending): Promise<void> {
    if (this.#singles === 0) this.#row = { sinceMs: performance.now(), count: 0, most: 0 };
    this.#singles += 1;
    this.#row.most = Math.max(this.#row.most, this.#singles);
    try {
      resolve(await this.appending.settle(append, untilMs));
      this.#row.count += 1;
    } catch (fault) {
      reject(fault);
    }
    this.#singles -= 1;
    this.#observe();
    this.#flying.delete(append);
    this.#schedule();
  }

  /** Tells the pace how quick a row of single appends was, at its end or when it is long enough. */
  #observe(): void {
    const { sinceMs, count, most } = this.#row;
    if (count < ROW && this.#singles > 0) return;
    const nowMs = performance.now();
    if (most >= CROWD && count >= CROWD) this.#pace.sawSingles(count, nowMs - sinceMs);
    this.#row = { sinceMs: nowMs, count: 0, most: this.#singles };
  }

  async #batch(batch: readonly Pending[]): Promise<void> {
    this.#batching = true;
    const startMs = performance.now();
    const first = await this.#commit(batch).then(
      (last) => last - batch.length + 1,
      // One refused part refuses all, and a lost answer tells nothing: each append finds out for itself, and what is
      // wrong with one of them comes to light there.
      () => undefined,
    );
    this.#batching = false;
    if (first !== undefined) this.#pace.sawBatch(batch.length, performance.now() - startMs);
    for (const [index, pending] of batch.entries()) {
      if (first === undefined) {
        void this.#single(pending);
        continue;
      }
      this.#flying.delete(pending.append);
      pending.resolve(first + index);
    }
    this.#schedule();
  }

  /** Resolves with the last position; the others lie contiguously before it. */
  async #commit(batch: readonly Pending[]): Promise<number> {
    await this.bus.ready(Math.min(...batch.map(({ untilMs }) => untilMs)));
    const id = nuid.next();
    for (const [index, { append }] of batch.entries()) {
      const { subject, data } = append;
      const headers = appendHeaders(append);
      headers.append('Nats-Batch-Id', id);
      headers.append('Nats-Batch-Sequence', String(index + 1));
      if (index < batch.length - 1) {
        this.bus.publish(subject, data, headers);
        continue;
      }
      headers.append('Nats-Batch-Commit', '1');
      const { seq, count } = await this.bus.askApi<{ seq: number; count: number }>({ subject, data, headers });
      if (count !== batch.length) throw new NoAnswerError(`${count} of ${batch.length} parts were recorded`);
      return seq;
    }
    throw new NoAnswerError('nothing to commit');
  }
}
