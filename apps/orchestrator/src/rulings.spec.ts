import type { Decision } from '@voorman/envelope';
import type { PolicyEngine, PolicyInput } from '@voorman/policy';
import { describe, expect, it } from 'vitest';
import { rulingOf, withRulings } from './rulings.js';

const answer = ({ action, agent }: PolicyInput): Decision => ({
  action,
  allow: agent !== 'nobody',
  reasons: [agent],
  bundle: 'r1',
  latency_us: 1,
});
const asked: string[] = [];
const soon: PolicyEngine = {
  revision: 'r1',
  decide: async (input) => {
    asked.push(input.agent);
    return answer(input);
  },
};
const atOnce: PolicyEngine = { revision: 'r1', decide: answer };
const about = (agent: string) => ({ action: 'task_delegate', tenant: 't', session: 's', agent }) as const;

describe.each([
  ['at once', atOnce],
  ['later', soon],
])('an answer of policy that comes %s', (_when, policy) => {
  it('reaches work that cannot wait', async () => {
    const plan = await withRulings(policy, (ask) =>
      ['a', 'nobody', 'b', 'a'].filter((agent) => ask(about(agent)).allow),
    );
    expect(plan).toEqual(['a', 'b', 'a']);
  });

  it('holds the question for the record', async () => {
    const input = { schema: 1, action: 'task_delegate', agent: 'a', environment: 'production' };
    expect(await rulingOf(policy, about('a'))).toMatchObject({ allow: true, input });
    expect(await withRulings(policy, (ask) => ask(about('a')))).toMatchObject({ allow: true, input });
  });

  it('hides no fault of the work', async () => {
    await expect(
      withRulings(policy, () => {
        throw new TypeError('x');
      }),
    ).rejects.toThrow(TypeError);
  });
});

describe('an answer of policy that comes later', () => {
  it('is asked for once, however often the work begins', async () => {
    asked.length = 0;
    await withRulings(soon, (ask) => ['a', 'b', 'a', 'c'].map((agent) => ask(about(agent))));
    expect(asked).toEqual(['a', 'b', 'c']);
  });
});
