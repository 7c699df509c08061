import { TOOL_BUDGET_EXCEEDED } from '@voorman/envelope';
import type { PolicyInput } from '@voorman/policy';
import { GatewaySession, obliging } from '@voorman/tool-gateway/testing';
import { beforeEach, describe, expect, it } from 'vitest';

let session: GatewaySession;
let asked: PolicyInput[];
beforeEach(() => {
  session = new GatewaySession();
  asked = [];
});

describe('an attack by many calls at once', () => {
  it('that are refused uses up no more than the budget of refusals, and nobody else’s', async () => {
    await session.begin({ budget: { refusals: 5 } });
    await session.gateway(session.doing());
    await session.gateway(session.doing());
    await Promise.all(Array.from({ length: 100 }, (_, n) => session.request(`c${n}`, 'no_such_tool')));
    const answers = await session.answers(100);
    const codes = answers.map((answer) => (answer.type === 'tool-refused' ? answer.payload.code : answer.type));
    expect(codes.filter((code) => code === 'tool/unknown')).toHaveLength(5);
    expect(codes.filter((code) => code === TOOL_BUDGET_EXCEEDED)).toHaveLength(95);
    await session.request('other', 'search_web', undefined, 't2', 'code-bot');
    await session.typesUntil('tool-finished');
    expect(session.executions).toHaveLength(1);
  });

  it('in a session of somebody else starts nothing there, and leaves its budgets as they are', async () => {
    await session.begin({ budget: { refusals: 2, calls: 1 } });
    await session.gateway(session.doing(), { policy: obliging([], asked) });
    for (let n = 0; n < 20; n += 1) await session.ask(`c${n}`, 'search_web', undefined, 't1', 'rogue-bot');
    await session.request('mine', 'search_web');
    await session.typesUntil('tool-finished');
    expect(session.executions).toHaveLength(1);
    expect(asked).toHaveLength(1);
  });
});

describe('an attack by a bot whose task is over', () => {
  it('starts nothing, however long it says that its call lives', async () => {
    await session.gateway(session.doing(), { policy: obliging([], asked) });
    await session.request('c1');
    await session.answers(1);
    await session.time.wait(61_000);
    await session.ask('c2');
    const answers = await session.answers(2);
    expect(answers.at(-1)).toMatchObject({ type: 'tool-refused', payload: { code: 'call/task-over' } });
    expect(session.executions).toHaveLength(1);
  });
});
