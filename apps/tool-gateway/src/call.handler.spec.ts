import { type Recorded, TOOL_BUDGET_EXCEEDED } from '@voorman/envelope';
import type { Execution } from '@voorman/executors';
import { compileTool } from '@voorman/registry';
import { beforeEach, describe, expect, it } from 'vitest';
import { allowing, denying, GatewaySession, manifest, output, refusal } from './testing/session.js';

let session: GatewaySession;
let executions: Execution[];
beforeEach(() => {
  session = new GatewaySession();
  executions = [];
});
const deed = (execution: Execution) => {
  executions.push(execution);
  return output();
};

describe('a requested call', () => {
  it('is validated, authorised, reserved, executed, validated and recorded, in this order', async () => {
    const steps: string[] = [];
    const tool = compileTool(manifest());
    session.tools.set('search_web', {
      ...tool,
      checkArguments: (args) => {
        steps.push('validate arguments');
        return tool.checkArguments(args);
      },
      checkOutput: (given) => {
        steps.push('validate output');
        return tool.checkOutput(given);
      },
    });
    await session.gateway(
      async () => {
        const [reserved] = await session.written();
        steps.push(`execute after ${reserved?.type}`);
        return output();
      },
      {
        policy: {
          revision: 'r1',
          decide: (input) => {
            steps.push('authorise');
            return allowing.decide(input);
          },
        },
      },
    );
    await session.request();
    await session.answers();
    expect(steps).toEqual(['validate arguments', 'authorise', 'execute after tool-started', 'validate output']);
    expect(await session.written()).toMatchObject([
      { type: 'tool-started', target_agent: 'journal', payload: { cost_usd: 0.0005, decision: { bundle: 'r1' } } },
      { type: 'tool-finished', target_agent: 'sre-bot', payload: { output: { done: true } } },
    ]);
  });

  it('is told in a plain sentence which parameter was invented, and which one was probably meant', async () => {
    await session.gateway(deed);
    await session.request('c1', 'search_web', { query: 'x', max_result: 3 });
    const [answer] = await session.answers();
    expect(answer).toMatchObject({ type: 'tool-refused', payload: { code: 'arguments/invalid' } });
    const told = JSON.stringify(answer?.payload);
    expect(told).toContain('max_results');
    expect(told).not.toMatch(/\n\s*at |\.ts:|\.js:|Error:/);
    expect(executions).toEqual([]);
  });

  it('is refused with the nearest name when there is no such tool', async () => {
    await session.gateway(deed);
    await session.request('c1', 'serch_web');
    const [answer] = await session.answers();
    expect(answer).toMatchObject({
      type: 'tool-refused',
      payload: { code: 'tool/unknown', message: 'There is no tool called serch_web. Did you mean search_web?' },
    });
  });

  it('is refused without an allow, and nothing is executed', async () => {
    await session.gateway(deed, { policy: denying });
    await session.request();
    const [answer] = await session.answers();
    expect(answer).toMatchObject({
      type: 'tool-refused',
      payload: { code: 'policy/denied', decision: { allow: false, reasons: ['not listed'] } },
    });
    expect(executions).toEqual([]);
  });

  it('is refused also when the reasons are longer than a sentence may be', async () => {
    const reasons = Array.from({ length: 20 }, () => 'because '.repeat(60));
    const policy = { ...denying, decide: () => ({ ...refusal, reasons }) };
    await session.gateway(deed, { policy });
    await session.request();
    expect((await session.answers())[0]).toMatchObject({ type: 'tool-refused', payload: { code: 'policy/denied' } });
  });

  it('is executed once when its request comes twice at the same time, and both wait for its end', async () => {
    const handler = session.handler(async (execution) => {
      executions.push(execution);
      // Well beyond the moment that a call begun elsewhere would be given.
      await session.time.wait(10_000);
      return output();
    });
    await session.request('c1', 'pay');
    const [record] = (await session.wishes()) as [Recorded<'tool-requested'>];
    await Promise.all([handler.toolRequested(record, { count: 1 }), handler.toolRequested(record, { count: 2 })]);
    expect(executions).toHaveLength(1);
    expect((await session.written()).map(({ type }) => type)).toEqual(['tool-started', 'tool-finished']);
  });

  it('is answered although another bot used its key first', async () => {
    await session.gateway(deed);
    await session.request('c1', 'serch_web', undefined, 't2', 'other-bot');
    await session.typesUntil('tool-refused');
    await session.request('c1');
    await session.typesUntil('tool-finished');
    expect(await session.answers()).toMatchObject([{ type: 'tool-finished', target_agent: 'sre-bot' }]);
  });

  it('does not join the call of another bot that has its key and is still under way', async () => {
    const handler = session.handler(async (execution) => {
      executions.push(execution);
      await session.time.wait(10_000);
      return output();
    });
    await session.request('c1', 'search_web', undefined, 't2', 'other-bot');
    await session.request('c1');
    const [theirs] = (await session.wishes('other-bot')) as [Recorded<'tool-requested'>];
    const [ours] = (await session.wishes()) as [Recorded<'tool-requested'>];
    await Promise.all([handler.toolRequested(theirs, { count: 1 }), handler.toolRequested(ours, { count: 1 })]);
    expect((await session.answers()).map(({ type }) => type)).toEqual(['tool-finished']);
    expect(executions).toHaveLength(2);
  });

  it('comes back as a fault when its output is not what the manifest promises', async () => {
    await session.gateway((execution) => {
      executions.push(execution);
      return output({ finished: true });
    });
    await session.request('c1', 'pay');
    expect((await session.answers())[0]).toMatchObject({
      type: 'tool-finished',
      payload: { fault: { code: 'output/invalid' } },
    });
    expect(executions).toHaveLength(1);
  });
});

describe('the budget of a session', () => {
  it('lets exactly 20 of 50 calls through that three gateways get at once', async () => {
    const busy = new Set<number>();
    for (let replica = 0; replica < 3; replica += 1) {
      await session.gateway(async (execution) => {
        busy.add(replica);
        await session.time.wait(5);
        return deed(execution);
      });
    }
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => session.request(`c-${index}`, 'search_web', undefined, `t-${index}`)),
    );
    const answers = await session.answers(50);
    const refused = answers.filter((record) => record.type === 'tool-refused');
    expect(refused).toHaveLength(30);
    expect(new Set(refused.map((record) => record.payload.code))).toEqual(new Set([TOOL_BUDGET_EXCEEDED]));
    const started = (await session.written()).filter((record) => record.type === 'tool-started');
    expect(started.map((record) => record.payload.attempt)).toEqual(Array(20).fill(1));
    expect(executions).toHaveLength(20);
    expect(busy.size).toBe(3);
  });
});
