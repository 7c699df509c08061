import { describe, expect, it } from 'vitest';
import { TimeLimitReached, withinTime } from './within-time.js';

describe('work under a limit of time', () => {
  it('gives its result, or throws what it throws', () => {
    expect(withinTime(1_000, () => 7)).toBe(7);
    const fault = new RangeError('mine');
    const failing = () => {
      throw fault;
    };
    expect(() => withinTime(1_000, failing)).toThrow(fault);
  });

  it('is stopped where it has no end, and leaves a bench for the next one', () => {
    const endless = () => /^(a+)+$/.test(`${'a'.repeat(60)}b`);
    expect(() => withinTime(50, endless)).toThrow(TimeLimitReached);
    expect(withinTime(1_000, () => 'next')).toBe('next');
  });
});
