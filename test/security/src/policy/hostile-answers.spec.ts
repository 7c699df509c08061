import type { PolicyInput } from '@voorman/policy';
import { allowing, decision, GatewaySession } from '@voorman/tool-gateway/testing';
import { beforeEach, describe, expect, it } from 'vitest';

let session: GatewaySession;
beforeEach(() => {
  session = new GatewaySession();
});

describe('an attack by an answer of policy', () => {
  it.each([
    ['an obligation of another case', [{ type: 'Redact', fields: ['/a'] }]],
    ['an obligation with a field more', [{ type: 'draft', unless: 'urgent' }]],
    ['a cap below nothing', [{ type: 'cap_rows', max: -1 }]],
    ['a cap that is no number', [{ type: 'cap_rows', max: '10' }]],
    ['fields that are no pointers', [{ type: 'redact', fields: ['email'] }]],
    ['no fields', [{ type: 'redact', fields: [] }]],
    ['a prototype as its type', [{ type: '__proto__' }]],
    [
      'two sandboxes',
      [
        { type: 'sandbox', profile: 'a' },
        { type: 'sandbox', profile: 'b' },
      ],
    ],
  ])('starts nothing under %s', async (_what, obligations) => {
    await session.gateway(session.doing(), {
      policy: { revision: 'r1', decide: () => ({ ...decision, obligations }) },
    });
    await session.request();
    expect(await session.answers()).toMatchObject([
      { type: 'tool-refused', payload: { code: 'policy/unknown-obligation' } },
    ]);
    expect(session.executions).toEqual([]);
  });

  it('is the same for two bots that differ in nothing but the case of their names', async () => {
    const byName = {
      revision: 'r1',
      decide: (input: PolicyInput) =>
        ({ ...allowing.decide(input), allow: input.agent === 'sre-bot' }) as typeof decision,
    };
    await session.gateway(session.doing(), { policy: byName });
    await session.request('c1', 'search_web', undefined, 't1', 'SRE-bot');
    await session.typesUntil('tool-refused');
    expect(session.executions).toEqual([]);
  });
});
