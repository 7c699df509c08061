import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES, ChunkOrder, chunksOf } from './chunks.js';

async function* pieces(...sizes: number[]): AsyncGenerator<Uint8Array> {
  let next = 0;
  for (const size of sizes) yield Uint8Array.from({ length: size }, () => next++ % 251);
}

async function cut(...sizes: number[]): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(pieces(...sizes))) chunks.push(chunk);
  return chunks;
}

describe('content', () => {
  it('is cut into chunks of one size, however it comes', async () => {
    const whole = 2 * CHUNK_BYTES + 10;
    const expected = Buffer.from(Uint8Array.from({ length: whole }, (_, index) => index % 251));
    for (const sizes of [[whole], [1, whole - 1], Array.from({ length: whole / 2 / 131 + 1 }, () => 262)]) {
      const chunks = await cut(...sizes);
      expect(chunks.slice(0, -1).every((chunk) => chunk.length === CHUNK_BYTES)).toBe(true);
      expect(Buffer.concat(chunks).subarray(0, whole).equals(expected)).toBe(true);
    }
  });

  it('has no chunk when it is empty, and no empty last one', async () => {
    expect(await cut()).toHaveLength(0);
    expect(await cut(0, 0)).toHaveLength(0);
    expect(await cut(CHUNK_BYTES)).toHaveLength(1);
  });
});

describe('chunks that come out of order', () => {
  const chunk = (byte: number): Uint8Array => Uint8Array.of(byte);

  it('are brought back into it', () => {
    const order = new ChunkOrder();
    expect(order.take(chunk(1), 1)).toEqual([]);
    expect(order.take(chunk(2), 2)).toEqual([]);
    expect(order.take(chunk(0), 0)).toEqual([chunk(0), chunk(1), chunk(2)]);
    expect(order.count).toBe(3);
  });

  it('count once when they come twice', () => {
    const order = new ChunkOrder();
    expect(order.take(chunk(0), 0)).toEqual([chunk(0)]);
    expect(order.take(chunk(0), 0)).toEqual([]);
    expect(order.count).toBe(1);
  });

  it('keep the order of their arrival where nobody numbered them', () => {
    const order = new ChunkOrder();
    expect([order.take(chunk(7)), order.take(chunk(8))]).toEqual([[chunk(7)], [chunk(8)]]);
  });

  it('are not collected without end', () => {
    const order = new ChunkOrder();
    const taken = Array.from({ length: 200 }, (_, index) => order.take(chunk(0), index + 1));
    expect(taken.at(-1)).toBeUndefined();
  });
});
