import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { childTtlSeconds } from './delegation.js';

const anyLeftMs = fc.integer({ min: 0, max: 30 * 24 * 3_600_000 });

describe('the life of a child', () => {
  it('ends with its parent’s at the latest, wherever a whole second is left', () => {
    fc.assert(
      fc.property(anyLeftMs, (leftMs) => {
        const ttlSeconds = childTtlSeconds(leftMs);
        expect(Number.isInteger(ttlSeconds) && ttlSeconds >= 1).toBe(true);
        expect(ttlSeconds * 1_000).toBeLessThanOrEqual(Math.max(leftMs, 1_000));
      }),
    );
  });

  it('is every whole second of a short life but the moment that the foreman needs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_250, max: 10_000 }), (leftMs) => {
        expect(childTtlSeconds(leftMs)).toBe(Math.floor((leftMs - 250) / 1_000));
      }),
    );
    expect([1, 2, 3, 5, 10].map((seconds) => childTtlSeconds(seconds * 1_000 - 10))).toEqual([1, 1, 2, 4, 9]);
  });

  it('leaves a tenth of a longer life for another bot to try', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_001, max: 30 * 24 * 3_600_000 }), (leftMs) => {
        expect(leftMs - childTtlSeconds(leftMs) * 1_000).toBeGreaterThanOrEqual(leftMs / 10);
        expect(leftMs - childTtlSeconds(leftMs) * 1_000).toBeLessThan(leftMs / 10 + 1_000);
      }),
    );
    expect(childTtlSeconds(600_000)).toBe(540);
  });

  it('never becomes longer because less is left', () => {
    fc.assert(
      fc.property(anyLeftMs, fc.integer({ min: 0, max: 20_000 }), (leftMs, lessMs) => {
        expect(childTtlSeconds(Math.max(0, leftMs - lessMs))).toBeLessThanOrEqual(childTtlSeconds(leftMs));
      }),
    );
  });
});
