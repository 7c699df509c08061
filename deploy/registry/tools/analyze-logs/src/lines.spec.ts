import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter, MAX_LINE_BYTES, shorten } from './lines.ts';

function split(chunks: readonly Buffer[], wants?: (number: number) => boolean): [number, string][] {
  const lines: [number, string][] = [];
  const visit = (text: string, number: number) => lines.push([number, text]) > 0;
  const splitter = new LineSplitter(wants === undefined ? { visit } : { visit, wants });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}
const texts = (content: string | Buffer) => split([Buffer.from(content)]).map(([, text]) => text);

describe('a text cut into lines', () => {
  it('ends its lines at LF or CRLF, counts a last line without an end, and keeps blank lines', () => {
    expect(texts('a\r\nb\n\nc')).toEqual(['a', 'b', '', 'c']);
    expect(texts('a\n')).toEqual(['a']);
  });

  it('has the same lines however its bytes arrive', () => {
    const bytes = fc.array(fc.constantFrom(10, 13, 65, 0xc3, 0xa4, 0xff, 0xe2), { maxLength: 60 });
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(59)), (content, cuts) => {
        const whole = Buffer.from(content);
        const edges = [...new Set([0, ...cuts.filter((cut) => cut < whole.length), whole.length])].sort(
          (a, b) => a - b,
        );
        const chunks = edges.slice(1).map((edge, index) => whole.subarray(edges[index], edge));
        expect(split(chunks)).toEqual(split([whole]));
      }),
    );
  });

  it('cuts an endless line and finds the next one', () => {
    const lines = texts(`${'x'.repeat(MAX_LINE_BYTES * 3)}\nnext`);
    expect(lines.map(({ length }) => length)).toEqual([MAX_LINE_BYTES, 4]);
  });

  it('shows bytes that are no UTF-8 as such, and drops a byte order mark', () => {
    expect(texts(Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff, 0x0a]))).toEqual(['a\ufffd']);
  });

  it('numbers lines from 1 also where only some are wanted', () => {
    expect(split([Buffer.from('a\nb\nc\n')], (number) => number === 3)).toEqual([[3, 'c']]);
  });

  it('is never shortened through the middle of a character', () => {
    expect(shorten('ab😀', 3)).toBe('ab');
    expect(shorten('ab😀', 4)).toBe('ab😀');
  });
});
