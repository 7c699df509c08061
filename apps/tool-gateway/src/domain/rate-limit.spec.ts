import { fold } from '@voorman/decider';
import { type Recorded, sealDraft } from '@voorman/envelope';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leaseOf, type RateCommand, reservations } from './rate-limit.js';

const reserve = (by: string, window: number, limit = 10, wanted = 3): RateCommand => ({
  type: 'reserve',
  tool: 'search',
  window,
  limit,
  wanted,
  by,
});

/** What gateways get that ask in this order. */
function taken(commands: readonly RateCommand[]): { readonly window: number; readonly calls: number }[] {
  const past: Recorded[] = [];
  for (const command of commands) {
    for (;;) {
      const next = reservations.decide(command, fold(reservations, past));
      if (next === undefined) break;
      const seal = { source: 'tool-gateway', tenant: 'system', session: 'endpoints', task: 't', ttlSeconds: 60 };
      const id = `r${past.length}`;
      const envelope = sealDraft(next, { ...seal, id, atMs: 0, causationId: command.by });
      past.push({ ...envelope, position: past.length + 1, recordedAtMs: 0 } as Recorded);
    }
  }
  return past.flatMap((each) => (each.type === 'rate-reserved' ? [each.payload] : []));
}

describe('a rate limit', () => {
  it('is taken in parts until nothing of the window is left, and begins anew with the next', () => {
    const asking = ['a', 'b', 'c', 'd', 'e'].map((by) => reserve(by, 7));
    expect(taken(asking).map(({ calls }) => calls)).toEqual([3, 3, 3, 1]);
    expect(taken([...asking, reserve('f', 8)]).at(-1)).toMatchObject({ window: 8, calls: 3 });
  });

  it('gives nothing of a window that has passed', () => {
    expect(taken([reserve('a', 8), reserve('b', 7)])).toHaveLength(1);
  });

  it('is never exceeded in any window, whoever asks for whichever, whatever their clocks say', () => {
    const asking = fc.array(
      fc.record({ window: fc.integer({ min: 0, max: 4 }), wanted: fc.integer({ min: 1, max: 9 }) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(asking, fc.integer({ min: 1, max: 20 }), (all, limit) => {
        const got = taken(all.map(({ window, wanted }, index) => reserve(`c${index}`, window, limit, wanted)));
        for (const window of [0, 1, 2, 3, 4]) {
          const calls = got.filter((each) => each.window === window).reduce((sum, each) => sum + each.calls, 0);
          expect(calls).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  it('is leased in tenths', () => {
    expect([1, 9, 10, 11, 1_000].map(leaseOf)).toEqual([1, 1, 1, 2, 100]);
  });
});
