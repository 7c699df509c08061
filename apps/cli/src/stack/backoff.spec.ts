import { describe, expect, it } from 'vitest';
import { Backoff } from './backoff.js';

describe('the wait before a restart', () => {
  it('doubles from 100 ms and stops growing at 5 s', () => {
    const backoff = new Backoff();
    const waits = Array.from({ length: 8 }, () => backoff.died(50));
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    expect(backoff.deaths).toBe(8);
  });

  it('begins again after ten seconds of life', () => {
    const backoff = new Backoff();
    backoff.died(50);
    backoff.died(9_999);
    expect(backoff.died(10_000)).toBe(100);
    expect(backoff.deaths).toBe(1);
  });
});
