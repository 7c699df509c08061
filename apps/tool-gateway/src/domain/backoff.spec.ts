import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.js';

describe('the wait before another attempt', () => {
  it('doubles up to the longest, or stays the same', () => {
    const doubling = { backoff: 'exponential', initial_ms: 100, max_ms: 350, jitter: 0 } as const;
    expect([1, 2, 3, 4].map((attempt) => backoffMs(doubling, attempt, 0))).toEqual([100, 200, 350, 350]);
    expect([1, 2, 3].map((attempt) => backoffMs({ ...doubling, backoff: 'fixed' }, attempt, 0))).toEqual([
      100, 100, 100,
    ]);
  });

  it('is shortened by chance by no more than its share', () => {
    const retry = { backoff: 'fixed', initial_ms: 1_000, max_ms: 9_000, jitter: 0.2 } as const;
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (chance) => {
        const waitMs = backoffMs(retry, 1, chance);
        expect(waitMs).toBeGreaterThanOrEqual(800);
        expect(waitMs).toBeLessThanOrEqual(1_000);
      }),
    );
  });
});
