import { type Boundary, TOOL_BUDGET_EXCEEDED } from '@voorman/envelope';
import type { Executed, Execution } from '@voorman/executors';
import type { PolicyInput } from '@voorman/policy';
import { compileTool } from '@voorman/registry';
import { beforeEach, describe, expect, it } from 'vitest';
import { allowing, decision, GatewaySession, manifest, output, passing } from './testing/session.js';

let session: GatewaySession;
let executions: Execution[];
beforeEach(() => {
  session = new GatewaySession();
  executions = [];
});
const doing =
  (result: Executed | (() => Executed) = output()) =>
  (execution: Execution): Executed => {
    executions.push(execution);
    return typeof result === 'function' ? result() : result;
  };
/** The same function, whose first arguments are noted. */
const noting =
  <First, Rest extends unknown[], Result>(notes: First[], act: (first: First, ...rest: Rest) => Result) =>
  (first: First, ...rest: Rest): Result => {
    notes.push(first);
    return act(first, ...rest);
  };
/** A policy that allows everything, under these obligations, and remembers what it was asked. */
const obliging = (obligations: { type: string; [field: string]: unknown }[], asked: PolicyInput[] = []) => ({
  revision: 'r1',
  decide: (input: PolicyInput) => {
    asked.push(input);
    return { ...decision, obligations };
  },
});

describe('a session’s terms', () => {
  it('are told to policy with the bot’s domain, what was used, and what happened before', async () => {
    const asked: PolicyInput[] = [];
    const classed = manifest({ name: 'search_web', data_classes: ['customer_data'] });
    session.tools.set('search_web', compileTool(classed));
    await session.begin({ user: 'ada', user_role: 'dba', budget: {} });
    await session.gateway(doing(), {
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
    const reads: Boundary[] = [];
    const { log } = session.connection();
    const counting = {
      isReplicated: log.isReplicated,
      append: log.append.bind(log),
      last: log.last.bind(log),
      follow: log.follow.bind(log),
      read: noting(reads, log.read.bind(log)),
    };
    await session.begin({ budget: {} });
    await session.gateway(doing(), { log: counting });
    for (let call = 1; call <= 5; call += 1) {
      await session.request(`c${call}`);
      await session.answers(call);
    }
    expect(reads).toEqual(['log.*.default.s1.*.orchestrator', 'log.sre-bot.default.s1.t1.orchestrator']);
    expect(await session.written()).toHaveLength(10);
    expect(await session.shared()).toEqual([]);
  });

  it('limit calls over all tools, and say so', async () => {
    await session.begin({ budget: { calls: 1 } });
    await session.gateway(doing());
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
      return doing()(execution);
    });
    await Promise.all(['c1', 'c2', 'c3'].map((id) => session.request(id, 'search_web', undefined, `t-${id}`)));
    expect((await session.answers(3)).map(({ type }) => type)).toEqual(Array(3).fill('tool-finished'));
    expect(most).toBe(1);
  });

  it('stop a bot whose calls are refused again and again', async () => {
    await session.begin({ budget: { refusals: 2 } });
    await session.gateway(doing());
    for (const id of ['c1', 'c2', 'c3']) await session.request(id, 'no_such_tool', undefined, `t-${id}`);
    const codes = (await session.answers(3)).map((record) =>
      record.type === 'tool-refused' ? record.payload.code : record.type,
    );
    expect(codes.toSorted()).toEqual([TOOL_BUDGET_EXCEEDED, 'tool/unknown', 'tool/unknown']);
  });

  it('are settled with what a call really cost', async () => {
    await session.begin({ budget: { cost_usd: 0.0012 } });
    await session.gateway(doing({ ...output(), cost: { usd: 0 } } as Executed));
    for (let call = 1; call <= 4; call += 1) {
      await session.request(`c${call}`);
      await session.answers(call);
    }
    expect(executions).toHaveLength(4);
  });
});

describe('an obligation', () => {
  it('takes fields out of the result, and travels to the executor as a limit', async () => {
    const rows = { name: 'rows', type: 'sql', command: undefined, connection: { env: 'DB' }, statement: 'select 1' };
    session.tools.set('rows', compileTool(manifest(rows)));
    const asked: string[][] = [];
    await session.gateway(doing(), {
      policy: obliging([
        { type: 'redact', fields: ['/email'] },
        { type: 'cap_rows', max: 5 },
        { type: 'add_condition', table: 'users', where: 'tenant = 1' },
      ]),
      redact: (given, fields) => {
        asked.push([...fields]);
        return { output: given, redacted: [] };
      },
    });
    await session.request('c1', 'rows');
    expect((await session.answers())[0]?.type).toBe('tool-finished');
    expect(asked).toEqual([['/email']]);
    expect(executions[0]?.limits).toEqual({ maxRows: 5, conditions: [{ table: 'users', where: 'tenant = 1' }] });
  });

  it.each([
    [{ type: 'sing' }],
    [{ type: 'redact', fields: 'all' }],
    [{ type: 'cap_rows', max: 5 }],
    [{ type: 'draft' }],
  ])('that the gateway cannot see to refuses the call: %j', async (obligation) => {
    await session.gateway(doing(), { policy: obliging([obligation]) });
    await session.request();
    expect((await session.answers())[0]).toMatchObject({
      type: 'tool-refused',
      payload: { code: 'policy/unknown-obligation' },
    });
    expect(executions).toEqual([]);
  });

  it('to ask a person holds the call until one agrees, and what was edited is checked and authorised again', async () => {
    const asked: PolicyInput[] = [];
    await session.gateway(doing(), { policy: obliging([{ type: 'need_approval', reason: 'Look first.' }], asked) });
    await session.request('c1', 'pay');
    await session.typesUntil('approval-requested');
    await session.time.wait(5_000);
    expect(executions).toEqual([]);
    await session.approve({ digest: 'sha256:of something else' });
    await session.time.wait(5_000);
    expect(executions).toEqual([]);
    const edited = { query: 'y', max_results: 2 };
    await session.approve({ arguments: edited });
    expect((await session.answers())[0]).toMatchObject({ type: 'tool-finished', payload: { tool: 'pay' } });
    expect(executions).toMatchObject([{ arguments: edited, approved: true }]);
    expect(asked.at(-1)?.arguments).toEqual(edited);
    await session.approve({ arguments: edited });
    await session.time.wait(5_000);
    expect(executions).toHaveLength(1);
  });

  it('to ask a person is met although many calls are under way when one agrees: the call waits its turn', async () => {
    await session.begin({ budget: { parallel: 1 } });
    const policy = {
      revision: 'r1',
      decide: (input: PolicyInput) =>
        input.tool_name === 'pay' ? { ...decision, obligations: [{ type: 'need_approval' }] } : decision,
    };
    await session.gateway(
      async (execution) => {
        if (execution.tool.manifest.name !== 'pay') await session.time.wait(3_000);
        return doing()(execution);
      },
      { policy },
    );
    await session.request('c1', 'pay', undefined, 't1');
    await session.typesUntil('approval-requested');
    await session.request('c2', 'search_web', undefined, 't2');
    await session.typesUntil('tool-started');
    await session.approve();
    expect((await session.answers(2)).map(({ type }) => type)).toEqual(['tool-finished', 'tool-finished']);
    expect(executions.map(({ tool }) => tool.manifest.name)).toEqual(['search_web', 'pay']);
  });

  it('to ask a person ends with a refusal where the person edits it into something invalid', async () => {
    await session.gateway(doing(), { policy: obliging([{ type: 'need_approval' }]) });
    await session.request('c1', 'pay');
    await session.typesUntil('approval-requested');
    await session.approve({ arguments: { query: 7 } });
    expect((await session.answers())[0]).toMatchObject({ payload: { code: 'arguments/invalid' } });
    expect(executions).toEqual([]);
  });
});

describe('what a tool says', () => {
  it('is marked as coming from outside, and kept apart where it is too large for a record', async () => {
    session.tools.set('large', compileTool(manifest({ name: 'large', schema: { output: { text: 'string' } } })));
    const text = 'x'.repeat(100_000);
    await session.gateway(({ tool }) =>
      tool.manifest.name === 'large' ? output({ text }) : ({ ...output(), note: 'Cut.' } as Executed),
    );
    await session.request('c1');
    expect((await session.answers())[0]?.payload).toMatchObject({
      untrusted: true,
      note: 'Cut.',
      output: { done: true },
    });
    await session.request('c2', 'large', {});
    const large = (await session.answers(2))[1]?.payload;
    expect(large).toMatchObject({ output_ref: { media_type: 'application/json' }, untrusted: true });
    expect(large).not.toHaveProperty('output');
  });

  it('loses what must not be known, also where it says why it failed', async () => {
    const fault = { code: 'tool/failed', message: 'No user ada@example.org.', next: 'Ask.' };
    await session.gateway(doing({ kind: 'fault', fault, durationMs: 1, retryable: false }), {
      redact: (given) => ({
        output: JSON.parse(JSON.stringify(given).replaceAll('ada@example.org', '[redacted:email]')),
        redacted: [],
      }),
    });
    await session.request();
    expect((await session.answers())[0]).toMatchObject({
      payload: { fault: { message: 'No user [redacted:email].' } },
    });
  });
});

describe('a draft', () => {
  const mail = { name: 'mail', type: 'mail', command: undefined, smtp: { host: 'mail.test' }, from: 'a@b.test' };
  const schema = { input: { query: 'string', max_results: 'integer' }, output: { status: 'string' } };

  it('is told to its bot, and sent once when a person agrees', async () => {
    session.tools.set('mail', compileTool(manifest({ ...mail, schema, effect: 'once' })));
    await session.gateway((execution) => doing(output({ status: execution.approved ? 'sent' : 'draft' }))(execution));
    await session.request('c1', 'mail');
    expect((await session.answers())[0]).toMatchObject({ payload: { output: { status: 'draft' } } });
    await session.time.wait(1_000_000);
    await session.approve();
    expect((await session.answers(2))[1]).toMatchObject({ payload: { attempt: 2, output: { status: 'sent' } } });
    await session.approve();
    await session.time.wait(10_000);
    expect(executions.map(({ approved }) => approved)).toEqual([undefined, true]);
  });
});

describe('a tool that cannot', () => {
  const standIn = { name: 'search_elsewhere', schema: manifest().schema };

  it('is replaced by its fallback, which policy is asked for too', async () => {
    const asked: PolicyInput[] = [];
    session.tools.set(
      'search_web',
      compileTool(manifest({ fallback: 'search_elsewhere', retry: { max_attempts: 1 } })),
    );
    session.tools.set('search_elsewhere', compileTool(manifest(standIn)));
    await session.gateway(
      (execution) => doing(execution.tool.manifest.name === 'search_web' ? passing() : output())(execution),
      { policy: obliging([], asked) },
    );
    await session.request();
    expect((await session.answers())[0]).toMatchObject({
      type: 'tool-finished',
      payload: { tool: 'search_web', served_by: 'search_elsewhere', attempt: 2, output: { done: true } },
    });
    expect(asked.map((input) => input.tool_name)).toEqual(['search_web', 'search_elsewhere']);
    expect((await session.written())[1]).toMatchObject({ payload: { fallback_for: 'search_web' } });
  });

  it('is replaced also where it breaks its own schema, but not where it must happen once', async () => {
    for (const [name, effect] of [
      ['search_web', 'read'],
      ['pay', 'once'],
    ] as const) {
      const more = { name, effect, fallback: 'search_elsewhere', retry: { max_attempts: 1 } };
      session.tools.set(name, compileTool(manifest(more)));
    }
    session.tools.set('search_elsewhere', compileTool(manifest(standIn)));
    await session.gateway((execution) =>
      output(execution.tool.manifest.name === 'search_elsewhere' ? { done: true } : { finished: 1 }),
    );
    await session.request('c1');
    await session.answers(1);
    await session.request('c2', 'pay');
    expect(await session.answers(2)).toMatchObject([
      { payload: { served_by: 'search_elsewhere' } },
      { payload: { fault: { code: 'output/invalid' } } },
    ]);
  });

  it('waits as long as the service asks for, and no longer than all attempts may take', async () => {
    const retry = { max_attempts: 3, initial_ms: 100, total_ms: 10_000 };
    session.tools.set('search_web', compileTool(manifest({ retry })));
    const startedAtMs: number[] = [];
    const pauses = [3_000, 9_000];
    await session.gateway(() => {
      startedAtMs.push(session.time.nowMs());
      return { ...passing(), retryAfterMs: pauses.shift() ?? 0 };
    });
    await session.request();
    expect((await session.answers())[0]).toMatchObject({ payload: { attempt: 2, fault: { message: 'Busy.' } } });
    expect(startedAtMs.map((ms) => ms - (startedAtMs[0] ?? 0))).toEqual([0, 3_000]);
  });
});

describe('an endpoint that fails', () => {
  it('is cut off for every gateway, tried by one call, and open again when that goes well', async () => {
    const breaker = { failures: 3, open_seconds: 30 };
    session.tools.set('search_web', compileTool(manifest({ breaker, retry: { max_attempts: 1 } })));
    let broken = true;
    for (let replica = 0; replica < 3; replica += 1)
      await session.gateway(doing(() => (broken ? passing() : output())));
    const codes = async (count: number) =>
      (await session.answers(count)).map((each) =>
        each.type === 'tool-finished' ? each.payload.fault?.code : each.type,
      );
    for (let call = 1; call <= 3; call += 1) {
      await session.request(`c${call}`, 'search_web', undefined, `t${call}`);
      await session.answers(call);
    }
    // Whoever looked last a moment ago looks again.
    await session.time.wait(1_100);
    for (let call = 4; call <= 9; call += 1) await session.request(`c${call}`, 'search_web', undefined, `t${call}`);
    expect((await codes(9)).slice(3)).toEqual(Array(6).fill('tool/endpoint-open'));
    expect(executions).toHaveLength(3);
    broken = false;
    await session.time.wait(30_000);
    for (let call = 10; call <= 12; call += 1) {
      await session.request(`c${call}`, 'search_web', undefined, `t${call}`);
      await session.answers(call);
      await session.time.wait(1_100);
    }
    expect((await codes(12)).slice(9)).toEqual([undefined, undefined, undefined]);
    expect((await session.shared()).map((each) => each.type === 'endpoint-changed' && each.payload.state)).toEqual([
      'failed',
      'failed',
      'open',
      'trial',
      'closed',
    ]);
  });
});

describe('a rate limit', () => {
  it('is kept to over all gateways, and calls beyond it wait for the next window', async () => {
    session.tools.set('search_web', compileTool(manifest({ rate_limit: { calls: 4, per_seconds: 10 } })));
    const windows: number[] = [];
    for (let replica = 0; replica < 3; replica += 1) {
      await session.gateway((execution) => {
        windows.push(Math.floor(session.time.nowMs() / 10_000));
        return doing()(execution);
      });
    }
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => session.request(`c${index}`, 'search_web', undefined, `t${index}`)),
    );
    await session.answers(10);
    const counts = [...new Set(windows)].map((window) => windows.filter((each) => each === window).length);
    expect(counts).toEqual([4, 4, 2]);
  });
});

describe('a doubt', () => {
  const lost: Executed = {
    kind: 'unknown',
    fault: { code: 'tool/connection-lost', message: 'Lost.', next: 'Look.' },
    durationMs: 1,
    retryable: true,
  };

  it('is settled by a person', async () => {
    await session.gateway(doing(lost));
    await session.request('c1', 'pay');
    await session.typesUntil('tool-in-doubt');
    await session.settle('c1', true);
    await session.typesUntil('call-settled');
    expect((await session.written()).at(-1)).toMatchObject({
      payload: { happened: true, settled_by: 'ada', tool: 'pay' },
    });
  });

  it('is settled by the tool that can ask the service, with the key that the service got', async () => {
    const probe = { tool: 'payment_known', arguments: { key: '{{ call.key }}', query: '{{ call.arguments.query }}' } };
    session.tools.set('pay', compileTool(manifest({ name: 'pay', effect: 'once', probe })));
    const schema = { input: { key: 'string', query: 'string' }, output: { happened: 'boolean' } };
    session.tools.set('payment_known', compileTool(manifest({ name: 'payment_known', schema })));
    await session.gateway((execution) =>
      doing(execution.tool.manifest.name === 'pay' ? lost : output({ happened: false }))(execution),
    );
    await session.request('c1', 'pay');
    await session.typesUntil('call-settled');
    expect((await session.written()).at(-1)).toMatchObject({
      payload: { happened: false, settled_by: 'payment_known', output: { happened: false } },
    });
    expect(executions[1]?.arguments).toEqual({ key: executions[0]?.key, query: 'x' });
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
