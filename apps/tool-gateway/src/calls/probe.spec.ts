import { type Recorded, TOOL_BUDGET_EXCEEDED, taskBoundary } from '@voorman/envelope';
import type { Executed, Execution } from '@voorman/executors';
import { type Log, readAll } from '@voorman/log';
import type { PolicyInput } from '@voorman/policy';
import { compileTool } from '@voorman/registry';
import { beforeEach, describe, expect, it } from 'vitest';
import { noting } from '../testing/policies.js';
import { decision, GatewaySession, manifest, never, output, passing, refusal } from '../testing/session.js';

const lost: Executed = {
  kind: 'unknown',
  fault: { code: 'tool/connection-lost', message: 'Lost.', next: 'Look.' },
  durationMs: 1,
  retryable: true,
};

let session: GatewaySession;
/** What the probe was asked, oldest first. */
let asked: Execution[];
beforeEach(() => {
  session = new GatewaySession();
  asked = [];
  knowing();
});

/** Registers `pay`, whose calls are in doubt, and the tool that knows of them. */
function knowing(more: Record<string, unknown> = {}, probe: Record<string, unknown> = {}): void {
  const args = { key: '{{ call.key }}', query: '{{ call.arguments.query }}' };
  const named = { tool: 'payment_known', arguments: args, ...probe };
  session.tools.set('pay', compileTool(manifest({ name: 'pay', effect: 'once', probe: named })));
  const schema = { input: { key: 'string', query: 'string' }, output: { happened: 'boolean' } };
  session.tools.set('payment_known', compileTool(manifest({ name: 'payment_known', schema, ...more })));
}

/** Payments are lost; the probe gets these answers one after another, the last one for ever. */
const answering =
  (...answers: readonly (Executed | typeof never)[]) =>
  (execution: Execution): Promise<Executed> | Executed => {
    if (execution.tool.manifest.name === 'pay') return lost;
    const next = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(execution);
    return typeof next === 'function' ? next(execution) : (next as Executed);
  };

/** By way of another gateway: a process takes the records of one task in a row. */
async function settledByPerson(happened: boolean): Promise<void> {
  await session.settle('c1', happened);
  const { log } = session.connection();
  const words = await readAll(log, taskBoundary('default', 's1', 't1'));
  const word = words.find((record) => record.type === 'settlement-requested');
  if (word?.type !== 'settlement-requested') throw new Error('Nobody said a word.');
  await session.handler(never).settlementRequested(word);
}

const happened = output({ happened: true });

/** What gateways recorded after the doubt. */
async function afterDoubt(): Promise<Recorded[]> {
  const all = await session.written();
  return all.slice(all.findIndex(({ type }) => type === 'tool-in-doubt') + 1);
}
const typesAfterDoubt = async (): Promise<string[]> => (await afterDoubt()).map(({ type }) => type);

describe('a probe', () => {
  it('runs only after its start is on record, with policy’s yes and its budget, and ends on record before it settles', async () => {
    const questions: PolicyInput[] = [];
    const before: string[] = [];
    await session.gateway(
      async (execution) => {
        if (execution.tool.manifest.name !== 'pay') before.push(...(await typesAfterDoubt()));
        return answering(happened)(execution);
      },
      { policy: { revision: 'r1', decide: noting(questions, () => decision) } },
    );
    await session.request('c1', 'pay');
    await session.typesUntil('call-settled');
    expect(before).toEqual(['tool-started']);
    const [started, finished, settled] = await afterDoubt();
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
    await session.gateway(answering(happened), { policy });
    await session.request('c1', 'pay');
    await session.time.wait(60_000);
    expect(asked).toEqual([]);
    expect(await afterDoubt()).toMatchObject([
      {
        type: 'tool-refused',
        target_agent: 'sre-bot',
        payload: { probes: 'c1', tool: 'payment_known', code: 'policy/denied', decision: { allow: false } },
      },
    ]);
  });

  it('that its budget has no room for is not asked, and its refusal says so beside the doubt', async () => {
    await session.begin({ budget: { calls: 1 } });
    await session.gateway(answering(happened));
    await session.request('c1', 'pay');
    await session.time.wait(60_000);
    expect(asked).toEqual([]);
    expect(await afterDoubt()).toMatchObject([
      { type: 'tool-refused', payload: { probes: 'c1', code: TOOL_BUDGET_EXCEEDED } },
    ]);
  });

  it('that does more than read is not asked', async () => {
    knowing({ effect: 'repeatable' });
    await session.gateway(answering(happened));
    await session.request('c1', 'pay');
    await session.time.wait(60_000);
    expect(asked).toEqual([]);
    expect(await afterDoubt()).toMatchObject([{ type: 'tool-refused', payload: { code: 'probe/not-a-read' } }]);
  });

  it.each([
    ['probe/no-value', { arguments: { key: '{{ call.key }}', query: '{{ call.arguments.nothing }}' } }],
    ['arguments/invalid', { arguments: { key: '{{ call.key }}' } }],
    ['tool/unknown', { tool: 'nobody' }],
  ])('that cannot be put into words is refused as %s, and the operator hears of it', async (code, probe) => {
    knowing({}, probe);
    await session.gateway(answering(happened));
    await session.request('c1', 'pay');
    await session.time.wait(60_000);
    expect(asked).toEqual([]);
    expect(await afterDoubt()).toMatchObject([{ type: 'tool-refused', payload: { probes: 'c1', code } }]);
    expect(session.reported).toHaveLength(1);
  });

  it('waits while too many calls are under way', async () => {
    await session.begin({ budget: { parallel: 1 } });
    const policy = { revision: 'r1', decide: () => decision };
    await session.gateway(
      async (execution) => {
        if (execution.tool.manifest.name === 'search_web') await session.time.wait(1_500);
        return execution.tool.manifest.name === 'search_web' ? output() : answering(happened)(execution);
      },
      { policy },
    );
    await session.request('c1', 'pay');
    await session.typesUntil('tool-in-doubt');
    await session.request('c2', 'search_web', undefined, 't2');
    await session.typesUntil('call-settled');
    expect(asked).toHaveLength(1);
    expect(await typesAfterDoubt()).not.toContain('tool-refused');
  });

  it('asks again later where the service could not say, each time as a call of its own, and three times at most', async () => {
    const startedAtMs: number[] = [];
    const noted = answering({ ...passing(), retryable: false } as Executed);
    await session.gateway((execution) => {
      if (execution.tool.manifest.name !== 'pay') startedAtMs.push(session.time.nowMs());
      return noted(execution);
    });
    await session.request('c1', 'pay');
    await session.time.wait(120_000);
    const [first = 0] = startedAtMs;
    expect(startedAtMs.map((ms) => ms - first)).toEqual([0, 2_000, 10_000]);
    expect(await typesAfterDoubt()).toEqual(Array(3).fill(['tool-started', 'tool-finished']).flat());
    expect(new Set((await afterDoubt()).map(({ payload }) => 'call_id' in payload && payload.call_id)).size).toBe(3);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(3);
  });

  it('settles what a later time of asking found out', async () => {
    const busy = { ...passing(), retryable: false } as Executed;
    await session.gateway(answering(busy, happened));
    await session.request('c1', 'pay');
    await session.typesUntil('call-settled');
    expect(asked).toHaveLength(2);
  });

  it('settles nothing where its answer is not what its manifest promises', async () => {
    await session.gateway(answering(output({ happened: 'yes' })));
    await session.request('c1', 'pay');
    await session.time.wait(120_000);
    expect(await typesAfterDoubt()).not.toContain('call-settled');
    expect((await afterDoubt()).at(-1)).toMatchObject({ payload: { fault: { code: 'output/invalid' } } });
  });

  it('asks nothing any more in a session that was cancelled meanwhile, nor policy again and again', async () => {
    const questions: PolicyInput[] = [];
    await session.gateway(answering(happened), {
      policy: { revision: 'r1', decide: noting(questions, () => decision) },
    });
    await session.request('c1', 'pay');
    await session.typesUntil('tool-in-doubt');
    await session.cancel();
    await session.time.wait(60_000);
    expect(asked).toEqual([]);
    expect(await typesAfterDoubt()).toEqual(['calls-closed']);
    expect(questions.filter(({ tool_name: tool }) => tool === 'payment_known').length).toBeLessThan(2);
  });

  it('asks nothing any more once a person has settled the doubt', async () => {
    await session.gateway(answering(happened));
    await session.request('c1', 'pay');
    await session.typesUntil('tool-in-doubt');
    await settledByPerson(false);
    await session.time.wait(60_000);
    expect(asked).toEqual([]);
    expect(await typesAfterDoubt()).toEqual(['call-settled']);
  });
});

describe('a probe whose gateway dies', () => {
  it('is asked again by another one, and settles the doubt', async () => {
    const kill = await session.gateway(answering(never));
    await session.request('c1', 'pay');
    await session.typesUntil('tool-started', 2);
    kill();
    await session.gateway(answering(happened));
    await session.typesUntil('call-settled');
    expect(await typesAfterDoubt()).toEqual(['tool-started', 'tool-started', 'tool-finished', 'call-settled']);
    expect(asked.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
  });

  it('is not asked again where its answer is on record, which settles the doubt', async () => {
    const { log } = session.connection();
    let kill = (): void => undefined;
    const dying: Log = {
      isReplicated: log.isReplicated,
      append: (record, condition) => {
        if (record.type !== 'call-settled') return log.append(record, condition);
        kill();
        return new Promise(() => undefined);
      },
      read: (boundary, after, limit) => log.read(boundary, after, limit),
      last: (boundary) => log.last(boundary),
      follow: (handler, options) => log.follow(handler, options),
    };
    kill = await session.gateway(answering(happened), { log: dying });
    await session.request('c1', 'pay');
    await session.typesUntil('tool-finished');
    await session.gateway(answering(output({ happened: false })));
    await session.typesUntil('call-settled');
    expect(asked).toHaveLength(1);
    expect((await afterDoubt()).at(-1)).toMatchObject({ payload: { happened: true } });
  });

  it('is asked again with what a person agreed to, where one had to', async () => {
    const policy = {
      revision: 'r1',
      decide: ({ tool_name: tool }: PolicyInput) =>
        tool === 'pay' ? { ...decision, obligations: [{ type: 'need_approval' }] } : decision,
    };
    const kill = await session.gateway(answering(never), { policy });
    await session.request('c1', 'pay');
    await session.typesUntil('approval-requested');
    await session.approve({ arguments: { query: 'edited', max_results: 1 } });
    await session.typesUntil('tool-started', 2);
    kill();
    await session.gateway(answering(happened), { policy });
    await session.typesUntil('call-settled');
    expect(asked.map(({ arguments: args }) => args.query)).toEqual(['edited', 'edited']);
    // The yes was for the payment, not for whoever asks about it.
    expect(asked.map(({ approved }) => approved)).toEqual([undefined, undefined]);
  });

  it('holds no place of others where a person settled the doubt meanwhile', async () => {
    await session.begin({ budget: { parallel: 1 } });
    const kill = await session.gateway(answering(never));
    await session.request('c1', 'pay');
    await session.typesUntil('tool-started', 2);
    await settledByPerson(true);
    kill();
    await session.gateway(session.doing());
    await session.request('c2', 'search_web', undefined, 't2');
    await session.time.wait(60_000);
    expect((await session.written()).at(-1)).toMatchObject({ type: 'tool-finished', payload: { call_id: 'c2' } });
  });
});

describe('a bot', () => {
  /** The bot's requests, in the order in which it made them. */
  const requests = async () =>
    (await session.wishes()).filter((record): record is Recorded<'tool-requested'> => record.type === 'tool-requested');

  /** A gateway whose probe waits until it is told. */
  const slow = () => {
    const told = Promise.withResolvers<Executed>();
    return { handler: session.handler(answering(() => told.promise)), tell: told.resolve };
  };

  it.each([
    ['before it is asked', 1],
    ['while it is asked', 2],
  ])('cannot have its doubt settled by arguments or a tool that it names afterwards, %s', async (_when, starts) => {
    const schema = { input: { query: 'string', max_results: 'integer' }, output: { happened: 'boolean' } };
    session.tools.set('lie', compileTool(manifest({ name: 'lie', schema })));
    const probe = { tool: 'lie', arguments: { query: 'x', max_results: 1 } };
    session.tools.set('other', compileTool(manifest({ name: 'other', effect: 'once', probe })));
    await session.request('c1', 'pay', { query: 'true', max_results: 1 });
    await session.ask('c1', 'pay', { query: 'lie', max_results: 1 });
    await session.ask('c1', 'other');
    const [honest, ...lies] = await requests();
    const { handler, tell } = slow();
    const first = handler.toolRequested(honest as Recorded<'tool-requested'>, { count: 1 });
    await session.typesUntil('tool-in-doubt');
    await session.typesUntil('tool-started', starts);
    // Another gateway, which waits for nothing.
    const hasty = session.handler(answering(output({ happened: false })), { wait: async () => undefined });
    await Promise.all(lies.map((record) => hasty.toolRequested(record, { count: 2 })));
    tell(happened);
    await first;
    expect(asked.map(({ tool, arguments: args }) => [tool.manifest.name, args.query])).toEqual([
      ['payment_known', 'true'],
    ]);
    expect((await afterDoubt()).at(-1)).toMatchObject({ type: 'call-settled', payload: { happened: true } });
  });

  it('cannot take up the probe of its doubt with a call of that name', async () => {
    await session.request('c1', 'pay');
    const [honest] = await requests();
    const { handler, tell } = slow();
    const first = handler.toolRequested(honest as Recorded<'tool-requested'>, { count: 1 });
    await session.typesUntil('tool-started', 2);
    const [probe] = await afterDoubt();
    if (probe?.type !== 'tool-started') throw new Error('Nothing was asked.');
    await session.ask(probe.payload.call_id, 'payment_known', { key: 'k', query: 'lie' });
    const claim = (await requests()).at(-1) as Recorded<'tool-requested'>;
    await session.handler(answering(output({ happened: false }))).toolRequested(claim, { count: 2 });
    tell(happened);
    await first;
    expect(asked.map(({ arguments: args }) => args.query)).toEqual(['x']);
    expect((await afterDoubt()).at(-1)).toMatchObject({ type: 'call-settled', payload: { happened: true } });
  });
});
