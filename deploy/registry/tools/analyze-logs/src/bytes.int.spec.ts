import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { analyse } from './testing/log.ts';

const LINE = '2026-11-21T10:00:00Z ERROR db unreachable';

describe('a file', () => {
  it.each([
    ['plain, with a last line that has no end', LINE],
    ['packed with gzip', gzipSync(`${LINE}\n`)],
    ['in UTF-16 as Windows writes it', Buffer.from(`\ufeff${LINE}\r\n`, 'utf16le')],
    ['packed and in UTF-16', gzipSync(Buffer.from(`\ufeff${LINE}\r\n`, 'utf16le'))],
  ])('is read %s', async (_how, content) => {
    expect((await analyse({ 'x.log': content })).evidence).toEqual([{ source: 'x.log', line: 1, text: LINE }]);
  });

  it.each([
    ['empty-file', ''],
    ['empty-file', '\n\n  \n'],
    ['empty-file', gzipSync('')],
    ['binary-file', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0])],
    ['binary-file', gzipSync(Buffer.alloc(5000))],
    ['damaged-gzip', gzipSync(`${LINE}\n`.repeat(5000)).subarray(0, 60)],
  ])('is refused with %s and its name', async (reason, content) => {
    await expect(analyse({ 'x.log': content })).rejects.toMatchObject({
      code: `analyze-logs/${reason}`,
      message: expect.stringContaining('"x.log"'),
    });
  });

  it('is named for what it is when it is another kind of archive', async () => {
    const zip = Buffer.from('504b0304140000000800000000000000', 'hex');
    await expect(analyse({ 'x.log': zip })).rejects.toThrow('"x.log" is a zip archive, not a text log');
  });
});
