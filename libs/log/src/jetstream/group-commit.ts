import { nuid } from '@nats-io/nats-core';
import { type Append, type Appending, appendHeaders } from './append.js';
import type { Bus } from './bus.js';
import { NoAnswerError } from './question.js';
import { Touching } from './touching.js';

/** What the server does with an append before it acknowledges it: syncs it to disk, or leaves that for later. */
export type Durability = 'on-disk' | 'relaxed';

/**
 * How many appends are under way alone at once, and how many of those that wait make a batch. A batch costs the server a
 * store of its own, as much as some twenty records: worth it where it saves as many syncs, and never where nothing is synced.
 */
const WAYS: Readonly<Record<Durability, { readonly singles: number; readonly batch: number }>> = {
  'on-disk': { singles: 16, batch: 24 },
  relaxed: { singles: 512, batch: Number.POSITIVE_INFINITY },
};

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

  constructor(
    private readonly bus: Bus,
    private readonly appending: Appending,
    private readonly durability: Durability,
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
    const { singles, batch } = WAYS[this.durability];
    const room = Math.max(0, singles - this.#singles);
    const chosen = this.#take(this.#queue.length >= batch ? MAX_BATCH : room);
    if (chosen.length >= batch) {
      void this.#batch(chosen);
      return;
    }
    this.#putBack(chosen.splice(room));
    for (const pending of chosen) void this.#single(pending);
  }

  /** Takes the waiting appends that touch neither what is under way nor anything that waits before them. */
  #take(most: number): Pending[] {
    const chosen: Pending[] = [];
    const left: Pending[] = [];
    const before = new Touching();
    let bytes = 0;
    let looked = 0;
    for (const pending of this.#queue) {
      const { append } = pending;
      const isFull = chosen.length === most || (bytes > 0 && bytes + append.data.length > MAX_BATCH_BYTES);
      if (isFull || looked === MAX_LOOKED_AT) break;
      looked += 1;
      if (before.touches(append) || this.#flying.touches(append)) {
        left.push(pending);
        before.add(append);
        continue;
      }
      chosen.push(pending);
      bytes += append.data.length;
      this.#flying.add(append);
    }
    this.#queue = looked === this.#queue.length ? left : [...left, ...this.#queue.slice(looked)];
    return chosen;
  }

  /** In front of all others: what touches one of them came later. */
  #putBack(chosen: readonly Pending[]): void {
    if (chosen.length === 0) return;
    for (const { append } of chosen) this.#flying.delete(append);
    this.#queue = [...chosen, ...this.#queue];
  }

  async #single({ append, untilMs, resolve, reject }: Pending): Promise<void> {
    this.#singles += 1;
    try {
      resolve(await this.appending.settle(append, untilMs));
    } catch (fault) {
      reject(fault);
    }
    this.#singles -= 1;
    this.#flying.delete(append);
    this.#schedule();
  }

  async #batch(batch: readonly Pending[]): Promise<void> {
    this.#batching = true;
    const first = await this.#commit(batch).then(
      (last) => last - batch.length + 1,
      // One refused part refuses all, and a lost answer tells nothing: each append finds out for itself, and what is
      // wrong with one of them comes to light there.
      () => undefined,
    );
    this.#batching = false;
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
      const part = `Nats-Batch-Id: ${id}\r\nNats-Batch-Sequence: ${index + 1}\r\n`;
      if (index < batch.length - 1) {
        this.bus.publish(subject, data, appendHeaders(append, part));
        continue;
      }
      const headers = appendHeaders(append, `${part}Nats-Batch-Commit: 1\r\n`);
      const { seq, count } = await this.bus.askApi<{ seq: number; count: number }>({ subject, data, headers });
      if (count !== batch.length) throw new NoAnswerError(`${count} of ${batch.length} parts were recorded`);
      return seq;
    }
    throw new NoAnswerError('nothing to commit');
  }
}
