import type { SessionBudget } from '@voorman/envelope';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ask, exceeding, type Limits, refusedOnce, reserved, running, settled, unused, usd } from './budget.js';

const ask = (more: Partial<Ask> = {}): Ask => ({ bot: 'a-bot', tool: 'search', costUsd: 0.1, tokens: 10, ...more });
const limits = (session: SessionBudget, more: Partial<Limits> = {}): Limits => ({
  session,
  beganAtMs: 0,
  maxCalls: 1_000,
  ...more,
});
const used = (count: number, by = ask()) =>
  Array.from({ length: count }).reduce((use: typeof unused) => reserved(use, by, true), unused);

describe('the budget of a session', () => {
  it.each([
    ['calls', { calls: 3 }, 3],
    ['cost_usd', { cost_usd: 0.3 }, 3],
    ['tokens', { tokens: 39 }, 3],
  ] as const)('has room for so many calls and no more by its %s', (kind, session, count) => {
    expect(exceeding(used(count - 1), ask(), limits(session), 0)).toBeUndefined();
    expect(exceeding(used(count), ask(), limits(session), 0)).toMatchObject({ kind, isShare: false });
  });

  it('ends with its time, counted from the first record', () => {
    const seconds = limits({ seconds: 10 }, { beganAtMs: 5_000 });
    expect(exceeding(unused, ask(), seconds, 14_999)).toBeUndefined();
    expect(exceeding(unused, ask(), seconds, 15_000)).toMatchObject({ kind: 'seconds', limit: 10 });
  });

  it('gives a bot its share of it, whatever the others leave', () => {
    const shared = limits({ calls: 10, shares: [{ agent: 'a-bot', share: 0.2 }] });
    expect(exceeding(used(2), ask(), shared, 0)).toEqual({ kind: 'calls', limit: 2, isShare: true });
    expect(exceeding(used(2), ask({ bot: 'b-bot' }), shared, 0)).toBeUndefined();
    expect(exceeding(used(2, ask({ bot: 'b-bot' })), ask(), shared, 0)).toBeUndefined();
  });

  it('counts what is under way, and has room again when it ends', () => {
    const two = running(running(unused, 'search', 1), 'search', 1);
    expect(exceeding(two, ask(), limits({ parallel: 2 }), 0)).toMatchObject({ kind: 'parallel' });
    expect(exceeding(running(two, 'search', -1), ask(), limits({ parallel: 2 }), 0)).toBeUndefined();
    expect(exceeding(two, ask(), limits({}, { maxParallel: 2 }), 0)).toMatchObject({ kind: 'parallel', limit: 2 });
    expect(exceeding(two, ask({ tool: 'other' }), limits({}, { maxParallel: 2 }), 0)).toBeUndefined();
  });

  it('stops a bot that had too many calls refused, and no other', () => {
    const twice = refusedOnce(refusedOnce(unused, 'a-bot'), 'a-bot');
    expect(exceeding(twice, ask(), limits({ refusals: 2 }), 0)).toMatchObject({ kind: 'refusals' });
    expect(exceeding(twice, ask({ bot: 'b-bot' }), limits({ refusals: 2 }), 0)).toBeUndefined();
  });

  it('gets back what a call did not cost, and pays for what it cost more', () => {
    const one = reserved(unused, ask(), true);
    expect(usd(settled(one, ask(), { costUsd: 0 }).all.nanoUsd)).toBe(0);
    expect(settled(one, ask(), { tokens: 25 }).all).toMatchObject({ tokens: 25, calls: 1 });
    expect(settled(one, ask(), {})).toEqual(one);
  });

  it('is never exceeded by what is reserved, in money to the last cent', () => {
    const call = fc.record({
      bot: fc.constantFrom('a-bot', 'b-bot'),
      tool: fc.constantFrom('search', 'pay'),
      costUsd: fc.integer({ min: 0, max: 50 }).map((cents) => cents / 100),
      tokens: fc.integer({ min: 0, max: 50 }),
    });
    const budget = fc.record({
      calls: fc.integer({ min: 0, max: 20 }),
      cost_usd: fc.integer({ min: 0, max: 300 }).map((cents) => cents / 100),
      tokens: fc.integer({ min: 0, max: 300 }),
      shares: fc.constant(0.5).map((share) => [{ agent: 'a-bot', share }]),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), budget, (calls, session) => {
        let use = unused;
        for (const each of calls)
          if (exceeding(use, each, limits(session), 0) === undefined) use = reserved(use, each, true);
        expect(use.all.calls).toBeLessThanOrEqual(session.calls);
        expect(Math.round(use.all.nanoUsd / 1e7)).toBeLessThanOrEqual(Math.round(session.cost_usd * 100));
        expect(use.all.tokens).toBeLessThanOrEqual(session.tokens);
        expect(use.byBot.get('a-bot')?.calls ?? 0).toBeLessThanOrEqual(session.calls / 2);
      }),
    );
  });

  it('is used up exactly by sums that binary fractions cannot hold', () => {
    expect(exceeding(used(2), ask(), limits({ cost_usd: 0.3 }), 0)).toBeUndefined();
    expect(exceeding(used(3), ask(), limits({ cost_usd: 0.3 }), 0)).toMatchObject({ kind: 'cost_usd' });
  });
});
