import { describe, expect, it } from 'vitest';
import { Unshared } from './unshared.js';

/** A durable whose log ends at `end`, seen by a process that takes from it. */
function durable(end: number) {
  let nowMs = 0;
  const log = { end, asked: 0, answer: () => Promise.resolve(log.end) };
  const unshared = new Unshared(
    () => {
      log.asked += 1;
      return log.answer();
    },
    () => nowMs,
  );
  return {
    log,
    unshared,
    /** Takes deliveries, one after another, each answered before the next one comes. */
    async takes(...taken: readonly (readonly [sequence: number, position: number, count?: number])[]) {
      for (const [sequence, position, count = 1] of taken) {
        unshared.took({ sequence, position, count });
        await Promise.resolve();
        await Promise.resolve();
      }
    },
    passes: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('having a durable for oneself', () => {
  it('begins with the first record that was not there yet when the process looked', async () => {
    const { unshared, takes } = durable(12);
    await takes([1, 10], [2, 11], [3, 12]);
    expect(unshared.since).toBeUndefined();
    await takes([4, 15], [5, 20]);
    expect(unshared.since).toBe(15);
  });

  it('ends with a delivery that went elsewhere', async () => {
    const { unshared, takes } = durable(10);
    await takes([1, 10], [2, 15], [4, 20]);
    expect(unshared.since).toBeUndefined();
  });

  it('ends with a record that comes again, since another may have had it meanwhile', async () => {
    const { unshared, takes } = durable(10);
    await takes([1, 10], [2, 15], [3, 15, 2]);
    expect(unshared.since).toBeUndefined();
  });

  it('begins anew behind everything that was recorded before the break', async () => {
    const { log, unshared, takes, passes } = durable(10);
    await takes([1, 10], [2, 15]);
    unshared.break();
    log.end = 30;
    passes(1_000);
    // A server that lost count hands out old records under numbers that go on nicely.
    await takes([3, 20], [4, 30]);
    expect(unshared.since).toBeUndefined();
    await takes([5, 31]);
    expect(unshared.since).toBe(31);
  });

  it('does not begin by an answer from before the break', async () => {
    const { log, unshared, takes } = durable(10);
    let answer: (end: number) => void = () => undefined;
    log.answer = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    await takes([1, 10]);
    unshared.break();
    answer(10);
    await takes([2, 15], [3, 16]);
    expect(unshared.since).toBeUndefined();
  });

  it('is asked about once a second at most, however many deliveries go elsewhere', async () => {
    const { log, takes, passes } = durable(0);
    await takes([1, 1], [3, 3], [5, 5], [7, 7]);
    expect(log.asked).toBe(1);
    passes(1_000);
    await takes([9, 9]);
    expect(log.asked).toBe(2);
  });

  it('is not believed where nobody answers, and asked about again', async () => {
    const { log, unshared, takes, passes } = durable(0);
    log.answer = () => Promise.reject(new Error('no leader'));
    await takes([1, 1], [2, 2]);
    expect(unshared.since).toBeUndefined();
    log.answer = () => Promise.resolve(2);
    passes(1_000);
    await takes([3, 3], [4, 4]);
    expect(unshared.since).toBe(4);
  });
});
