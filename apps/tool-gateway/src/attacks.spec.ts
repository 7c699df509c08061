import { type JsonObject, TOOL_BUDGET_EXCEEDED } from '@voorman/envelope';
import type { Execution } from '@voorman/executors';
import type { PolicyInput } from '@voorman/policy';
import { compileTool } from '@voorman/registry';
import { beforeEach, describe, expect, it } from 'vitest';
import { allowing, decision, GatewaySession, manifest, output, passing } from './testing/session.js';

let session: GatewaySession;
let executed: Execution[];
let asked: PolicyInput[];
beforeEach(() => {
  session = new GatewaySession();
  executed = [];
  asked = [];
});
const doing = (execution: Execution) => {
  executed.push(execution);
  return output();
};
/** Allows everything, and keeps what it was asked. */
const watching = {
  revision: 'r1',
  decide: (input: PolicyInput) => {
    asked.push(input);
    return decision;
  },
};

describe('an attack by many calls at once', () => {
  it('that are refused uses up no more than the budget of refusals, and nobody else’s', async () => {
    await session.begin({ budget: { refusals: 5 } });
    await session.gateway(doing);
    await session.gateway(doing);
    await Promise.all(Array.from({ length: 100 }, (_, n) => session.request(`c${n}`, 'no_such_tool')));
    const answers = await session.answers(100);
    const codes = answers.map((answer) => (answer.type === 'tool-refused' ? answer.payload.code : answer.type));
    expect(codes.filter((code) => code === 'tool/unknown')).toHaveLength(5);
    expect(codes.filter((code) => code === TOOL_BUDGET_EXCEEDED)).toHaveLength(95);
    await session.request('other', 'search_web', undefined, 't2', 'code-bot');
    await session.typesUntil('tool-finished');
    expect(executed).toHaveLength(1);
  });

  it('in a session of somebody else starts nothing there, and leaves its budgets as they are', async () => {
    await session.begin({ budget: { refusals: 2, calls: 1 } });
    await session.gateway(doing, { policy: watching });
    for (let n = 0; n < 20; n += 1) await session.ask(`c${n}`, 'search_web', undefined, 't1', 'rogue-bot');
    await session.request('mine', 'search_web');
    await session.typesUntil('tool-finished');
    expect(executed).toHaveLength(1);
    expect(asked).toHaveLength(1);
  });
});

describe('an attack by a bot whose task is over', () => {
  it('starts nothing, however long it says that its call lives', async () => {
    await session.gateway(doing, { policy: watching });
    await session.request('c1');
    await session.answers(1);
    await session.time.wait(61_000);
    await session.ask('c2');
    const answers = await session.answers(2);
    expect(answers.at(-1)).toMatchObject({ type: 'tool-refused', payload: { code: 'call/task-over' } });
    expect(executed).toHaveLength(1);
  });
});

describe('an attack by the clock of a gateway', () => {
  /** What a clock says that was set to another time. */
  const off = (byMs: number) => ({ nowMs: () => session.time.nowMs() + byMs });
  const HOUR = 3_600_000;

  it('that was set back buys a session no time', async () => {
    await session.begin({ budget: { seconds: 10 } });
    await session.time.wait(11_000);
    await session.gateway(doing, { clock: off(-HOUR) });
    await session.request();
    expect(await session.answers()).toMatchObject([{ type: 'tool-refused', payload: { code: TOOL_BUDGET_EXCEEDED } }]);
    expect(executed).toEqual([]);
  });

  it('that is set back does not make it forget to ask how an endpoint is', async () => {
    let byMs = 0;
    const breaker = { failures: 1, within_seconds: 60, open_seconds: 60 };
    session.tools.set('search_web', compileTool(manifest({ breaker, retry: { max_attempts: 1 } })));
    await session.gateway(doing, { clock: { nowMs: () => session.time.nowMs() + byMs } });
    await session.request('c1');
    await session.answers(1);
    byMs = -HOUR;
    // Another gateway finds the endpoint broken.
    const other = session.handler(() => passing());
    await session.request('seen', 'search_web');
    await session.answers(2);
    await session.time.wait(2_000);
    const wish = (await session.wishes()).findLast((each) => each.type === 'tool-requested');
    if (wish?.type !== 'tool-requested') throw new Error('Nobody asked for anything.');
    await other.toolRequested({ ...wish, payload: { ...wish.payload, call_id: 'c9' } }, { count: 1 } as never);
    expect((await session.shared()).at(-1)).toMatchObject({ type: 'endpoint-changed', payload: { state: 'open' } });
    const before = executed.length;
    await session.request('c3', 'search_web');
    await session.typesUntil('tool-finished', 4);
    expect(executed).toHaveLength(before);
  });
});

describe('an attack by a person’s word', () => {
  const needing = { revision: 'r1', decide: () => ({ ...decision, obligations: [{ type: 'need_approval' }] }) };

  it('that was meant for other arguments, said for another bot’s call, or said again, sends nothing', async () => {
    await session.gateway(doing, { policy: needing });
    await session.request('c1', 'pay');
    await session.typesUntil('approval-requested');
    await session.approve({ digest: `sha256:${'0'.repeat(64)}` });
    await session.approve({ agent: 'code-bot' });
    await session.approve({ call_id: 'c2' });
    await session.time.wait(5_000);
    expect(executed).toEqual([]);
    await session.approve();
    await session.typesUntil('tool-finished');
    await session.approve();
    await session.approve({ arguments: { query: 'another', max_results: 2 } });
    await session.time.wait(5_000);
    expect(executed).toHaveLength(1);
  });

  it('that edits what is done cannot bring in what a call may not hold', async () => {
    await session.gateway(doing, { policy: needing });
    await session.request('c1', 'pay');
    await session.typesUntil('approval-requested');
    await session.approve({
      arguments: JSON.parse('{"query":"x","max_results":1,"constructor":{"a":1}}') as JsonObject,
    });
    await session.typesUntil('tool-refused');
    expect(executed).toEqual([]);
  });
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
    await session.gateway(doing, { policy: { revision: 'r1', decide: () => ({ ...decision, obligations }) } });
    await session.request();
    expect(await session.answers()).toMatchObject([
      { type: 'tool-refused', payload: { code: 'policy/unknown-obligation' } },
    ]);
    expect(executed).toEqual([]);
  });

  it('is the same for two bots that differ in nothing but the case of their names', async () => {
    const byName = {
      revision: 'r1',
      decide: (input: PolicyInput) =>
        ({ ...allowing.decide(input), allow: input.agent === 'sre-bot' }) as typeof decision,
    };
    await session.gateway(doing, { policy: byName });
    await session.request('c1', 'search_web', undefined, 't1', 'SRE-bot');
    await session.typesUntil('tool-refused');
    expect(executed).toEqual([]);
  });
});
