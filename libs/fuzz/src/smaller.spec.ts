import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smaller } from './smaller.js';

const next = (value: unknown) => [...smaller(value)];

describe('what is a step smaller', () => {
  it('is a text with fewer characters, a number nearer to zero, a list or object with less in it', () => {
    expect(next('🧨b')).toEqual(['', '🧨', '🧨', 'b']);
    expect(next(-3)).toEqual([0, 3, -1, -2]);
    expect(next([true])).toEqual([[], [], [false]]);
    expect(next({ a: 1, b: '' })).toEqual([{ b: '' }, { a: 1 }, { a: 0, b: '' }]);
  });

  it('is nothing where nothing is smaller', () => {
    for (const least of ['', 0, false, null, [], {}]) expect(next(least)).toEqual([]);
  });

  it('always comes to an end, and never to half a character', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), (value) => {
        let at: unknown = value;
        for (let steps = 0; steps < 5_000; steps += 1) {
          const [first] = smaller(at);
          if (first === undefined) return;
          at = first;
        }
        throw new Error(`no end for ${JSON.stringify(value)}`);
      }),
    );
    expect(next('🧨🧨').every((text) => String(text).isWellFormed())).toBe(true);
  });
});
