/** Bytes of a chunk: what the object store's own clients use, well under the server's `max_payload`. */
export const CHUNK_BYTES = 128 * 1024;

/** Cuts content into chunks of exactly `CHUNK_BYTES`, the last one shorter. Each is a copy: the source may reuse its own. */
export async function* chunksOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let filled = 0;
  for await (const piece of content) {
    for (let taken = 0; taken < piece.length; ) {
      const part = piece.subarray(taken, taken + CHUNK_BYTES - filled);
      chunk.set(part, filled);
      filled += part.length;
      taken += part.length;
      if (filled < CHUNK_BYTES) continue;
      yield chunk;
      chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}

/** How far a chunk may come before its turn: no honest writer has more in flight. */
const MAX_EARLY = 64;

/**
 * Brings chunks into the writer's order: one whose first attempt was lost lies behind its successors.
 */
export class ChunkOrder {
  readonly #early = new Map<number, Uint8Array>();
  #expected = 0;

  /** Chunks handed out so far. */
  get count(): number {
    return this.#expected;
  }

  /** Takes a chunk; returns those whose turn has come. `index` is counted from 0; left out, it is the next in line. `undefined`: too many are early to be true. */
  take(chunk: Uint8Array, index = this.#expected): Uint8Array[] | undefined {
    if (index < this.#expected) return [];
    this.#early.set(index, chunk);
    if (this.#early.size > MAX_EARLY) return undefined;
    const due: Uint8Array[] = [];
    for (let next = this.#early.get(this.#expected); next !== undefined; next = this.#early.get(this.#expected)) {
      this.#early.delete(this.#expected);
      this.#expected += 1;
      due.push(next);
    }
    return due;
  }
}
