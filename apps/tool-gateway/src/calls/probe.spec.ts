import { TOOL_BUDGET_EXCEEDED } from '@voorman/envelope';
import type { Executed, Execution } from '@voorman/executors';
import type { PolicyInput } from '@voorman/policy';
import { beforeEach, describe, expect, it } from 'vitest';
import { happened, LostPayments } from '../testing/lost-payments.js';
import { noting } from '../testing/policies.js';
import { decision, type GatewaySession, output, passing, refusal } from '../testing/session.js';

let payments: LostPayments;
let session: GatewaySession;
let asked: readonly Execution[];
beforeEach(() => {
  payments = new LostPayments();
  ({ session, asked } = payments);
});

describe('a probe', () => {
  it('runs only after its start is on record, with policy’s yes and its budget, and ends on record before it settles', async () => {
    const questions: PolicyInput[] = [];
    const before: string[] = [];
    await session.gateway(
      async (execution) => {
        if (execution.tool.manifest.name !== 'pay') before.push(...(await payments.typesAfterDoubt()));
        return payments.answering(happened)(execution);
      },
      { policy: { revision: 'r1', decide: noting(questions, () => decision) } },
    );
    await session.request('c1', 'pay');
    await session.typesUntil('call-settled');
    expect(before).toEqual(['tool-started']);
    const [started, finished, settled] = await payments.afterDoubt();
    expect(questions.at(-1)).toMatchObject({
      action: 'tool_execute',
      session: 's1',
      task: 't1',
      agent: 'sre-bot',
      tool: { name: 'payment_known', version: '1.2.0', type: 'process', effect: 'read' },
      arguments: { query: 'x' },
      budget: { calls: 1, tool_calls: 0 },
      history: { tools: ['pay'] },
    });
    expect(started).toMatchObject({
      type: 'tool-started',
      payload: {
        agent: 'sre-bot',
        probes: 'c1',
        tool: 'payment_known',
        effect: 'read',
        attempt: 1,
        cost_usd: 0.0005,
        budget: { used: 1, max_calls: 20 },
        // No request holds them.
        decision: { allow: true, input: { tool_name: 'payment_known', arguments: { query: 'x' } } },
      },
    });
    expect(finished).toMatchObject({ type: 'tool-finished', payload: { output: { happened: true } } });
    expect(settled).toMatchObject({ type: 'call-settled', payload: { call_id: 'c1', settled_by: 'payment_known' } });
  });

  it('that policy denies is not asked, and its refusal says so beside the doubt', async () => {
    const policy = {
      revision: 'r1',
      decide: (input: PolicyInput) => (input.tool_name === 'pay' ? decision : refusal),
    };
    await session.gateway(payments.answering(happened), { policy });
    await session.request('c1', 'pay');
    await session.time.wait(60_000);
    expect(asked).toEqual([]);
    expect(await payments.afterDoubt()).toMatchObject([
      {
        type: 'tool-refused',
        target_agent: 'sre-bot',
        payload: { probes: 'c1', tool: 'payment_known', code: 'policy/denied', decision: { allow: false } },
      },
    ]);
  });

  it('that its budget has no room for is not asked, and its refusal says so beside the doubt', async () => {
    await session.begin({ budget: { calls: 1 } });
    await session.gateway(payments.answering(happened));
    await session.request('c1', 'pay');
    await session.time.wait(60_000);
    expect(asked).toEqual([]);
    expect(await payments.afterDoubt()).toMatchObject([
      { type: 'tool-refused', payload: { probes: 'c1', code: TOOL_BUDGET_EXCEEDED } },
    ]);
  });

  it('that does more than read is not asked', async () => {
    payments.knowing({ effect: 'repeatable' });
    await session.gateway(payments.answering(happened));
    await session.request('c1', 'pay');
    await session.time.wait(60_000);
    expect(asked).toEqual([]);
    expect(await payments.afterDoubt()).toMatchObject([
      { type: 'tool-refused', payload: { code: 'probe/not-a-read' } },
    ]);
  });

  it.each([
    ['probe/no-value', { arguments: { key: '{{ call.key }}', query: '{{ call.arguments.nothing }}' } }],
    ['arguments/invalid', { arguments: { key: '{{ call.key }}' } }],
    ['tool/unknown', { tool: 'nobody' }],
  ])('that cannot be put into words is refused as %s, and the operator hears of it', async (code, probe) => {
    payments.knowing({}, probe);
    await session.gateway(payments.answering(happened));
    await session.request('c1', 'pay');
    await session.time.wait(60_000);
    expect(asked).toEqual([]);
    expect(await payments.afterDoubt()).toMatchObject([{ type: 'tool-refused', payload: { probes: 'c1', code } }]);
    expect(session.reported).toHaveLength(1);
  });

  it('waits while too many calls are under way', async () => {
    await session.begin({ budget: { parallel: 1 } });
    const policy = { revision: 'r1', decide: () => decision };
    await session.gateway(
      async (execution) => {
        if (execution.tool.manifest.name === 'search_web') await session.time.wait(1_500);
        return execution.tool.manifest.name === 'search_web' ? output() : payments.answering(happened)(execution);
      },
      { policy },
    );
    await session.request('c1', 'pay');
    await session.typesUntil('tool-in-doubt');
    await session.request('c2', 'search_web', undefined, 't2');
    await session.typesUntil('call-settled');
    expect(asked).toHaveLength(1);
    expect(await payments.typesAfterDoubt()).not.toContain('tool-refused');
  });

  it('asks again later where the service could not say, each time as a call of its own, and three times at most', async () => {
    const startedAtMs: number[] = [];
    const noted = payments.answering({ ...passing(), retryable: false } as Executed);
    await session.gateway((execution) => {
      if (execution.tool.manifest.name !== 'pay') startedAtMs.push(session.time.nowMs());
      return noted(execution);
    });
    await session.request('c1', 'pay');
    await session.time.wait(120_000);
    const [first = 0] = startedAtMs;
    expect(startedAtMs.map((ms) => ms - first)).toEqual([0, 2_000, 10_000]);
    expect(await payments.typesAfterDoubt()).toEqual(Array(3).fill(['tool-started', 'tool-finished']).flat());
    expect(
      new Set((await payments.afterDoubt()).map(({ payload }) => 'call_id' in payload && payload.call_id)).size,
    ).toBe(3);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(3);
  });

  it('settles what a later time of asking found out', async () => {
    const busy = { ...passing(), retryable: false } as Executed;
    await session.gateway(payments.answering(busy, happened));
    await session.request('c1', 'pay');
    await session.typesUntil('call-settled');
    expect(asked).toHaveLength(2);
  });

  it('settles nothing where its answer is not what its manifest promises', async () => {
    await session.gateway(payments.answering(output({ happened: 'yes' })));
    await session.request('c1', 'pay');
    await session.time.wait(120_000);
    expect(await payments.typesAfterDoubt()).not.toContain('call-settled');
    expect((await payments.afterDoubt()).at(-1)).toMatchObject({ payload: { fault: { code: 'output/invalid' } } });
  });

  it('asks nothing any more in a session that was cancelled meanwhile, nor policy again and again', async () => {
    const questions: PolicyInput[] = [];
    await session.gateway(payments.answering(happened), {
      policy: { revision: 'r1', decide: noting(questions, () => decision) },
    });
    await session.request('c1', 'pay');
    await session.typesUntil('tool-in-doubt');
    await session.cancel();
    await session.time.wait(60_000);
    expect(asked).toEqual([]);
    expect(await payments.typesAfterDoubt()).toEqual(['calls-closed']);
    expect(questions.filter(({ tool_name: tool }) => tool === 'payment_known').length).toBeLessThan(2);
  });

  it('asks nothing any more once a person has settled the doubt', async () => {
    await session.gateway(payments.answering(happened));
    await session.request('c1', 'pay');
    await session.typesUntil('tool-in-doubt');
    await payments.settledByPerson(false);
    await session.time.wait(60_000);
    expect(asked).toEqual([]);
    expect(await payments.typesAfterDoubt()).toEqual(['call-settled']);
  });
});
