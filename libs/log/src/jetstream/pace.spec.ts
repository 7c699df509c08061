import { describe, expect, it } from 'vitest';
import { Pace } from './pace.js';

const SECOND = 1_000;

/** What it learns from a server where a batch starts at `startMs` and every record costs so much. */
function learned(costs: { startMs: number; inBatchMs: number; aloneMs: number }): Pace {
  const pace = new Pace();
  for (const size of [16, 32, 64, 128, 256]) pace.sawBatch(size, costs.startMs + size * costs.inBatchMs);
  for (let row = 0; row < 10; row += 1) pace.sawSingles(32, 32 * costs.aloneMs);
  pace.choose(16, SECOND); // the trial that was due
  return pace;
}

describe('the pace of appends', () => {
  const syncing = { startMs: 2.5, inBatchMs: 0.025, aloneMs: 0.24 };
  const relaxed = { startMs: 2.5, inBatchMs: 0.025, aloneMs: 0.05 };

  it('puts what waits into one batch where every append is synced to disk', () => {
    const pace = learned(syncing);
    for (const waiting of [16, 32, 256]) expect(pace.choose(waiting, SECOND + 1).way).toBe('batch');
  });

  it('lets records travel alone where that is quicker, and many together where that is', () => {
    const pace = learned(relaxed);
    for (const waiting of [16, 32, 64]) expect(pace.choose(waiting, SECOND + 1).way).toBe('singles');
    expect(pace.choose(256, SECOND + 1).way).toBe('batch');
  });

  it('never makes a batch of a few', () => {
    expect(learned(syncing).choose(7, SECOND + 1)).toEqual({ way: 'singles', trial: false });
  });

  it('begins with a batch, since it knows nothing', () => {
    expect(new Pace().choose(8, 0)).toEqual({ way: 'batch', trial: false });
  });

  it('tries the other way now and then, so that a wrong impression mends itself', () => {
    const pace = learned(relaxed);
    expect(pace.choose(32, 3 * SECOND)).toEqual({ way: 'batch', trial: true });
    expect(pace.choose(32, 3 * SECOND + 1)).toEqual({ way: 'singles', trial: false });
    for (let trial = 0; trial < 20; trial += 1) pace.sawBatch(32, 0.32);
    expect(pace.choose(32, 3 * SECOND + 2).way).toBe('batch');
  });

  it('tries a way that is much slower less and less often, but always again', () => {
    const pace = learned({ startMs: 20, inBatchMs: 0.02, aloneMs: 0.05 });
    const trials: number[] = [];
    for (let nowMs = 2 * SECOND; nowMs < 200 * SECOND; nowMs += 100) {
      if (pace.choose(32, nowMs).trial) trials.push(nowMs);
    }
    const pauses = trials.slice(1).map((atMs, index) => atMs - (trials[index] ?? 0));
    expect(Math.max(...pauses)).toBe(30 * SECOND);
    expect(trials.length).toBeGreaterThan(6);
    expect(trials.length).toBeLessThan(15);
  });
});
