import type { Executed } from '@voorman/executors';
import type { PolicyInput } from '@voorman/policy';
import { compileTool } from '@voorman/registry';
import { beforeEach, describe, expect, it } from 'vitest';
import { obliging } from './testing/policies.js';
import { decision, GatewaySession, manifest, output } from './testing/session.js';

let session: GatewaySession;
beforeEach(() => {
  session = new GatewaySession();
});

describe('an obligation', () => {
  it('takes fields out of the result, and travels to the executor as a limit', async () => {
    const rows = { name: 'rows', type: 'sql', command: undefined, connection: { env: 'DB' }, statement: 'select 1' };
    session.tools.set('rows', compileTool(manifest(rows)));
    const asked: string[][] = [];
    await session.gateway(session.doing(), {
      policy: obliging([
        { type: 'redact', fields: ['/email'] },
        { type: 'cap_rows', max: 5 },
        { type: 'add_condition', table: 'users', where: 'tenant = 1' },
      ]),
      redact: async (given, fields) => {
        asked.push([...fields]);
        return { output: given, redacted: [] };
      },
    });
    await session.request('c1', 'rows');
    expect((await session.answers())[0]?.type).toBe('tool-finished');
    expect(asked).toEqual([['/email']]);
    expect(session.executions[0]?.limits).toEqual({
      maxRows: 5,
      conditions: [{ table: 'users', where: 'tenant = 1' }],
    });
  });

  it.each([
    [{ type: 'sing' }],
    [{ type: 'redact', fields: 'all' }],
    [{ type: 'cap_rows', max: 5 }],
    [{ type: 'draft' }],
  ])('that the gateway cannot see to refuses the call: %j', async (obligation) => {
    await session.gateway(session.doing(), { policy: obliging([obligation]) });
    await session.request();
    expect((await session.answers())[0]).toMatchObject({
      type: 'tool-refused',
      payload: { code: 'policy/unknown-obligation' },
    });
    expect(session.executions).toEqual([]);
  });

  it('to ask a person holds the call until one agrees, and what was edited is checked and authorised again', async () => {
    const asked: PolicyInput[] = [];
    await session.gateway(session.doing(), {
      policy: obliging([{ type: 'need_approval', reason: 'Look first.' }], asked),
    });
    await session.request('c1', 'pay');
    await session.typesUntil('approval-requested');
    await session.time.wait(5_000);
    expect(session.executions).toEqual([]);
    await session.approve({ digest: 'sha256:of something else' });
    await session.time.wait(5_000);
    expect(session.executions).toEqual([]);
    const edited = { query: 'y', max_results: 2 };
    await session.approve({ arguments: edited });
    expect((await session.answers())[0]).toMatchObject({ type: 'tool-finished', payload: { tool: 'pay' } });
    expect(session.executions).toMatchObject([{ arguments: edited, approved: true }]);
    expect(asked.at(-1)?.arguments).toEqual(edited);
    await session.approve({ arguments: edited });
    await session.time.wait(5_000);
    expect(session.executions).toHaveLength(1);
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
        return session.doing()(execution);
      },
      { policy },
    );
    await session.request('c1', 'pay', undefined, 't1');
    await session.typesUntil('approval-requested');
    await session.request('c2', 'search_web', undefined, 't2');
    await session.typesUntil('tool-started');
    await session.approve();
    expect((await session.answers(2)).map(({ type }) => type)).toEqual(['tool-finished', 'tool-finished']);
    expect(session.executions.map(({ tool }) => tool.manifest.name)).toEqual(['search_web', 'pay']);
  });

  it('to ask a person ends with a refusal where the person edits it into something invalid', async () => {
    await session.gateway(session.doing(), { policy: obliging([{ type: 'need_approval' }]) });
    await session.request('c1', 'pay');
    await session.typesUntil('approval-requested');
    await session.approve({ arguments: { query: 7 } });
    expect((await session.answers())[0]).toMatchObject({ payload: { code: 'arguments/invalid' } });
    expect(session.executions).toEqual([]);
  });
});

describe('a draft', () => {
  const mail = { name: 'mail', type: 'mail', command: undefined, smtp: { host: 'mail.test' }, from: 'a@b.test' };
  const schema = { input: { query: 'string', max_results: 'integer' }, output: { status: 'string' } };

  it('is told to its bot, and sent once when a person agrees', async () => {
    session.tools.set('mail', compileTool(manifest({ ...mail, schema, effect: 'once' })));
    await session.gateway((execution) =>
      session.doing(output({ status: execution.approved ? 'sent' : 'draft' }))(execution),
    );
    await session.request('c1', 'mail');
    expect((await session.answers())[0]).toMatchObject({ payload: { output: { status: 'draft' } } });
    await session.time.wait(1_000_000);
    await session.approve();
    expect((await session.answers(2))[1]).toMatchObject({ payload: { attempt: 2, output: { status: 'sent' } } });
    await session.approve();
    await session.time.wait(10_000);
    expect(session.executions.map(({ approved }) => approved)).toEqual([undefined, true]);
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
    await session.gateway(session.doing(lost));
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
      session.doing(execution.tool.manifest.name === 'pay' ? lost : output({ happened: false }))(execution),
    );
    await session.request('c1', 'pay');
    await session.typesUntil('call-settled');
    expect((await session.written()).at(-1)).toMatchObject({
      payload: { happened: false, settled_by: 'payment_known', output: { happened: false } },
    });
    expect(session.executions[1]?.arguments).toEqual({ key: session.executions[0]?.key, query: 'x' });
  });
});
