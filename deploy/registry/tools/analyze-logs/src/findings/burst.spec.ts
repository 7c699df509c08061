import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBurst } from './burst.ts';

const burstIn = (counts: readonly number[]) => findBurst(Uint32Array.from(counts), 0, counts.length - 1);
const spread = (length: number, count: number) => Array.from({ length }, () => count);

describe('a burst', () => {
  it('is the stretch in which the rate is many times that of the rest', () => {
    expect(burstIn([...spread(60, 1), ...spread(10, 12), ...spread(30, 1)])).toMatchObject({
      from: 60,
      to: 69,
      count: 120,
    });
  });

  it('is found at the end of the log, where it may still go on', () => {
    expect(burstIn([...spread(80, 1), ...spread(20, 9)])).toMatchObject({ from: 80, to: 99 });
  });

  it('is not seen in an even log, nor in a handful of records', () => {
    expect(burstIn(spread(100, 7))).toBeUndefined();
    expect(burstIn([...spread(50, 20), ...spread(50, 50)])).toBeUndefined();
    expect(burstIn([...spread(50, 0), 3, ...spread(49, 0)])).toBeUndefined();
  });

  it('is not seen in a log of three moments', () => {
    expect(burstIn([0, 500, 0])).toBeUndefined();
  });

  it('is at least four times as dense as the rest, and lies within the log', () => {
    const counts = fc.array(fc.oneof({ weight: 4, arbitrary: fc.nat(3) }, fc.nat(60)), { minLength: 5, maxLength: 60 });
    fc.assert(
      fc.property(counts, (all) => {
        const burst = burstIn(all);
        if (burst === undefined) return;
        const within = all.slice(burst.from, burst.to + 1).reduce((sum, count) => sum + count, 0);
        const total = all.reduce((sum, count) => sum + count, 0);
        const length = burst.to - burst.from + 1;
        expect(burst.count).toBe(within);
        expect(within / length).toBeGreaterThanOrEqual(
          (4 * Math.max(total - within, 1)) / (all.length - length) - 1e-9,
        );
      }),
    );
  });

  it('is not seen in what chance alone makes', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const counts = new Array<number>(100).fill(0);
      let state = seed;
      for (let draw = 0; draw < 150; draw++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        const slot = Math.floor((state / 2 ** 32) * 100);
        counts[slot] = (counts[slot] ?? 0) + 1;
      }
      expect(burstIn(counts)).toBeUndefined();
    }
  });
});
