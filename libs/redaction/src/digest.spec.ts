import { describe, expect, it } from 'vitest';
import { Digester } from './digest.js';

const digester = new Digester(Buffer.from('a key for these specs only'));

describe('the digest of what was taken out', () => {
  it('stays what it was in earlier releases', () => {
    const value = { b: [1, 'x', null, {}], a: { 10: true, 9: [] }, '': 'half \ud800' };
    expect(digester.digest(value)).toBe('hmac-sha256:e2cd3c41752294773458b8b08e29c3f655c423a47c7106f31e3e9d7f4eb30f89');
  });

  it('tells a list from its order, a number from its text, and a part from its neighbour', () => {
    const values = [
      [1, 2],
      [2, 1],
      ['1', 2],
      [[1], 2],
      [[1, 2]],
      [12],
      [],
      [[]],
      {},
      [{}],
      { a: [] },
      { a: {} },
      null,
      'null',
    ];
    expect(new Set(values.map((value) => digester.digest(value))).size).toBe(values.length);
  });

  it('takes no key that could be guessed', () => {
    expect(() => new Digester(Buffer.from('15 bytes, short'))).toThrow(RangeError);
  });
});
