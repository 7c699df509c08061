import { TOOL_BUDGET_EXCEEDED } from '@voorman/envelope';
import type { Executed } from '@voorman/executors';
import type { PolicyInput } from '@voorman/policy';
import { compileTool } from '@voorman/registry';
import { beforeEach, describe, expect, it } from 'vitest';
import { noting } from './testing/policies.js';
import { allowing, GatewaySession, manifest, output } from './testing/session.js';

let session: GatewaySession;
beforeEach(() => {
  session = new GatewaySession();
});

describe('a session’s terms', () => {
  it('are told to policy with the bot’s domain, what was used, and what happened before', async () => {
    const asked: PolicyInput[] = [];
    const classed = manifest({ name: 'search_web', data_classes: ['customer_data'] });
    session.tools.set('search_web', compileTool(classed));
    await session.begin({ user: 'ada', user_role: 'dba', budget: {} });
    await session.gateway(session.doing(), {
      policy: { revision: 'r1', decide: noting(asked, allowing.decide) },
      executor: { execute: async () => output(), meaning: async () => ({ query_type: 'SELECT', tables: ['users'] }) },
    });
    await session.request('c1');
    await session.answers(1);
    await session.request('c2', 'pay');
    await session.answers(2);
    expect(asked.at(-1)).toMatchObject({
      user: 'ada',
      user_role: 'dba',
      publisher: 'crm',
      agent_domain: 'operations',
      query_type: 'SELECT',
      tables: ['users'],
      budget: { calls: 1, tool_calls: 0, cost_usd: 0.0005, refusals: 0 },
      history: { tools: ['search_web'], data_classes: ['customer_data'], denials: 0 },
    });
    const started = (await session.written()).findLast((record) => record.type === 'tool-started');
    const kept = started?.type === 'tool-started' ? started.payload.decision.input : undefined;
    expect(kept).toMatchObject({ user_role: 'dba', tool_name: 'pay' });
    expect(kept).not.toHaveProperty('arguments');
  });

  it('cost one read a session and one a task, and a call no more than three records', async () => {
    const reads = await session.readsOf(5, () => session.begin({ budget: {} }));
    expect(reads).toEqual(['log.sre-bot.default.s1.t1.orchestrator', 'log.*.default.s1.*.orchestrator']);
    expect(await session.written()).toHaveLength(10);
    expect(await session.shared()).toEqual([]);
  });

  it('cost nothing more than the look at the task where that came straight from a publisher', async () => {
    const reads = await session.readsOf(3, () => session.begin({ budget: { calls: 2 } }, 'crm', 'sre-bot', 't1'));
    expect(reads).toEqual(['log.sre-bot.default.s1.t1.orchestrator']);
    expect((await session.answers(3)).at(-1)?.type).toBe('tool-refused');
  });

  it('limit calls over all tools, and say so', async () => {
    await session.begin({ budget: { calls: 1 } });
    await session.gateway(session.doing());
    await session.request('c1');
    await session.answers(1);
    await session.request('c2', 'pay');
    expect((await session.answers(2))[1]).toMatchObject({
      type: 'tool-refused',
      payload: { code: TOOL_BUDGET_EXCEEDED, message: 'This session has used all that it may call: 1 in all.' },
    });
  });

  it('let a call wait until fewer are under way', async () => {
    await session.begin({ budget: { parallel: 1 } });
    let most = 0;
    let now = 0;
    await session.gateway(async (execution) => {
      now += 1;
      most = Math.max(most, now);
      await session.time.wait(700);
      now -= 1;
      return session.doing()(execution);
    });
    await Promise.all(['c1', 'c2', 'c3'].map((id) => session.request(id, 'search_web', undefined, `t-${id}`)));
    expect((await session.answers(3)).map(({ type }) => type)).toEqual(Array(3).fill('tool-finished'));
    expect(most).toBe(1);
  });

  it('stop a bot whose calls are refused again and again', async () => {
    await session.begin({ budget: { refusals: 2 } });
    await session.gateway(session.doing());
    for (const id of ['c1', 'c2', 'c3']) await session.request(id, 'no_such_tool', undefined, `t-${id}`);
    const codes = (await session.answers(3)).map((record) =>
      record.type === 'tool-refused' ? record.payload.code : record.type,
    );
    expect(codes.toSorted()).toEqual([TOOL_BUDGET_EXCEEDED, 'tool/unknown', 'tool/unknown']);
  });

  it('are settled with what a call really cost', async () => {
    await session.begin({ budget: { cost_usd: 0.0012 } });
    await session.gateway(session.doing({ ...output(), cost: { usd: 0 } } as Executed));
    for (let call = 1; call <= 4; call += 1) {
      await session.request(`c${call}`);
      await session.answers(call);
    }
    expect(session.executions).toHaveLength(4);
  });
});

describe('a session that is cancelled', () => {
  it('has its running calls stopped in every gateway, not only in the one that was woken', async () => {
    const stopped: string[] = [];
    for (let replica = 0; replica < 3; replica += 1) {
      await session.gateway(
        ({ signal }) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => {
              stopped.push(`gateway ${replica}`);
              const fault = { code: 'session/cancelled', message: 'Stopped.', next: 'Nothing.' };
              resolve({ kind: 'unknown', fault, durationMs: 1, retryable: true });
            });
          }),
      );
    }
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => session.request(`c${index}`, 'search_web', undefined, `t${index}`)),
    );
    await session.typesUntil('tool-started', 20);
    const beganMs = session.time.nowMs();
    await session.cancel();
    await session.answers(20);
    expect(session.time.nowMs() - beganMs).toBeLessThan(2_500);
    expect(new Set(stopped).size).toBe(3);
  });
});
