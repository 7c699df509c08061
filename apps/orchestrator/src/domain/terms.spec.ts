import type { PublishedEnvelope } from '@voorman/envelope';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { narrowed, termsConflict, termsFor } from './terms.js';

const message = (payload: object, publisher = 'crm'): PublishedEnvelope => ({
  task_id: 't',
  source_agent: publisher,
  target_agent: 'orchestrator',
  payload: { goal: 'x', ...payload },
  correlation_id: 's',
  ttl_seconds: 60,
});
const basis = { budget: { calls: 100, refusals: 50 }, roles: ['clerk'], registry: 'r7' };

describe('the terms of a session', () => {
  it('are the stack’s budget and registry where a message asks for nothing', () => {
    expect(termsFor(message({}), 'crm', basis)).toEqual({ registry: 'r7', budget: { calls: 100, refusals: 50 } });
  });

  it('are narrower where a message asks for less, and never wider', () => {
    const asked = { calls: 5, refusals: 999, cost_usd: 2 };
    expect(termsFor(message({ budget: asked }), 'crm', basis)).toMatchObject({
      budget: { calls: 5, refusals: 50, cost_usd: 2 },
    });
  });

  it('name a person and a role that the publisher may vouch for; the operator vouches for anybody', () => {
    const dba = { user: 'ada', user_role: 'dba' };
    expect(termsFor(message({ user: 'ada', user_role: 'clerk' }), 'crm', basis)).toMatchObject({ user_role: 'clerk' });
    expect(termsFor(message(dba), 'crm', basis)).toMatchObject({ fault: { code: 'inbox/role-not-granted' } });
    expect(termsFor(message(dba, 'cli'), 'cli', basis)).toMatchObject(dba);
  });

  it.each([
    [{ budget: { calls: -1 } }, 'inbox/invalid-budget'],
    [{ budget: { wishes: 3 } }, 'inbox/invalid-budget'],
    [{ user: 7 }, 'inbox/invalid-user'],
    [{ user_role: '' }, 'inbox/invalid-user'],
  ])('are not made of %j', (payload, code) => {
    expect(termsFor(message(payload), 'cli', basis)).toMatchObject({ fault: { code } });
  });

  it('stay those of the person they were made for', () => {
    const terms = { user: 'ada', user_role: 'dba', budget: {} };
    expect(termsConflict(message({}), terms)).toBeUndefined();
    expect(termsConflict(message({ user: 'ada' }), terms)).toBeUndefined();
    expect(termsConflict(message({ user: 'joe' }), terms)).toMatchObject({ code: 'inbox/other-user' });
    expect(termsConflict(message({ user_role: 'clerk' }), undefined)).toMatchObject({ code: 'inbox/other-user' });
  });

  it('are never wider in any limit, whatever is asked', () => {
    const limit = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined });
    const budget = fc
      .record({ calls: limit, tokens: limit, seconds: limit, share: fc.double({ min: 0, max: 1, noNaN: true }) })
      .map(({ calls, tokens, seconds, share }) => ({
        ...(calls === undefined ? {} : { calls }),
        ...(tokens === undefined ? {} : { tokens }),
        ...(seconds === undefined ? {} : { seconds }),
        shares: [{ agent: 'a', share }],
      }));
    fc.assert(
      fc.property(budget, budget, (given, asked) => {
        const got = narrowed(given, asked);
        for (const kind of ['calls', 'tokens', 'seconds'] as const) {
          if (given[kind] !== undefined) expect(got[kind]).toBeLessThanOrEqual(given[kind]);
          if (asked[kind] !== undefined) expect(got[kind]).toBeLessThanOrEqual(asked[kind]);
        }
        expect(got.shares?.[0]?.share).toBeLessThanOrEqual(given.shares[0]?.share ?? 0);
      }),
    );
  });
});
