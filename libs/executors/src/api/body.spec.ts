import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readBody } from './body.js';

async function* inParts(bytes: Buffer, size = 1_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const MIB = 2 ** 20;
const text = JSON.stringify({ results: Array.from({ length: 500 }, (_, n) => `result ${n}`) });
const faultOf = (bytes: Buffer, encoding: string | undefined, max = MIB) =>
  readBody(inParts(bytes, 65_536), encoding, max).catch((fault: Error) => fault.message);

describe('a body', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', Buffer.from(text)],
    [undefined, Buffer.from(text)],
  ])('in %s is unpacked', async (encoding, packed) => {
    expect(await readBody(inParts(packed), encoding, MIB)).toBe(text);
  });

  const bomb = Buffer.alloc(200 * MIB);
  it.each([
    ['gzip', gzipSync(bomb)],
    ['deflate', deflateSync(bomb)],
    ['br', brotliCompressSync(bomb)],
  ])('that is a bomb in %s never becomes more than the limit', async (encoding, packed) => {
    expect(packed.length).toBeLessThan(MIB);
    const before = process.memoryUsage().arrayBuffers;
    expect(await faultOf(packed, encoding)).toBe('answered with more than 1 MiB');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * MIB);
  });

  it('of many bombs one after the other is counted as one', async () => {
    const members = Buffer.concat(Array.from({ length: 20 }, () => gzipSync(Buffer.alloc(100_000))));
    expect(await faultOf(members, 'gzip')).toBe('answered with more than 1 MiB');
  });

  it('packed twice is refused, as nobody asked for it', async () => {
    expect(await faultOf(gzipSync(gzipSync(bomb)), 'gzip, gzip')).toContain('encoding');
    expect(await faultOf(Buffer.from('x'), 'zstd')).toContain('encoding');
  });

  it('larger than allowed is given up while it comes', async () => {
    let sent = 0;
    async function* endless() {
      for (;;) {
        sent += 1;
        yield Buffer.alloc(1_000, 'x');
      }
    }
    await expect(readBody(endless(), undefined, 10_000)).rejects.toThrow('answered with more than 10000 bytes');
    expect(sent).toBe(11);
  });

  it('that is broken or cut off is told as such', async () => {
    expect(await faultOf(Buffer.from('no gzip'), 'gzip')).toContain('cannot be unpacked');
    expect(await faultOf(gzipSync(text).subarray(0, 100), 'gzip')).toContain('cannot be unpacked');
  });
});
