import type { Decision } from '@voorman/envelope';
import type { Executed } from '@voorman/executors';
import type { PolicyInput } from '@voorman/policy';
import { compileTool } from '@voorman/registry';
import { decision, GatewaySession, manifest, output, passing } from '@voorman/tool-gateway/testing';
import { beforeEach, describe, expect, it } from 'vitest';

/* What policy obliged to at first must not be lost on a call's way: another attempt, another gateway, another tool. */
let session: GatewaySession;
beforeEach(() => {
  session = new GatewaySession();
});
const obliged = (...obligations: { type: string; [field: string]: unknown }[]): Decision => ({
  ...decision,
  obligations,
});
const answering = (decide: (input: PolicyInput) => Decision) => ({ policy: { revision: 'r1', decide } });
const tool = (name: string, more: Record<string, unknown> = {}) =>
  session.tools.set(name, compileTool(manifest({ name, ...more })));
const lost: Executed = {
  kind: 'unknown',
  fault: { code: 'tool/connection-lost', message: 'Lost.', next: 'Look.' },
  durationMs: 1,
  retryable: true,
};
const letter = {
  type: 'mail',
  command: undefined,
  smtp: { host: 'mail.corp.example' },
  from: 'bot@corp.example',
  mode: 'send',
  effect: 'once',
};

describe('an obligation, when something goes wrong', () => {
  it('to draft is not forgotten with the gateway that died: what may be repeated as a draft is not sent as one', async () => {
    tool('letter', letter);
    const kill = await session.gateway(
      () => new Promise(() => undefined),
      answering(() => obliged({ type: 'draft' })),
    );
    await session.request('c1', 'letter');
    await session.typesUntil('tool-started');
    kill();
    await session.gateway(
      session.doing(output({ done: true })),
      answering(() => decision),
    );
    expect(await session.answers()).toMatchObject([
      { type: 'tool-finished', payload: { fault: { code: 'tool/crashed' } } },
    ]);
    expect(session.executions).toEqual([]);
  });

  it('to redact is that of the latest yes, whichever attempt answers', async () => {
    tool('search_web', { retry: { max_attempts: 2, initial_ms: 1 } });
    const fields: string[][] = [];
    let asked = 0;
    await session.gateway(
      session.doing(() => (session.executions.length === 1 ? passing() : output())),
      {
        ...answering(() => {
          asked += 1;
          return obliged({ type: 'redact', fields: [`/f${asked}`] });
        }),
        redact: async (given, these) => {
          if ('done' in given) fields.push([...these]);
          return { output: given, redacted: [] };
        },
      },
    );
    await session.request();
    await session.answers();
    expect(fields).toEqual([['/f2']]);
  });

  it.each([
    ['ask a person', { type: 'need_approval' }],
    ['do what nobody knows', { type: 'sing' }],
    ['cap rows of what has none', { type: 'cap_rows', max: 1 }],
  ])('to %s, on the tool that would stand in, keeps it from standing in', async (_what, obligation) => {
    tool('search_web', { fallback: 'elsewhere', retry: { max_attempts: 1 } });
    tool('elsewhere');
    await session.gateway(
      session.doing(passing()),
      answering(({ tool_name }) => (tool_name === 'elsewhere' ? obliged(obligation) : decision)),
    );
    await session.request();
    expect(await session.answers()).toMatchObject([{ payload: { fault: { code: 'tool/failed' } } }]);
    expect(session.executions).toHaveLength(1);
  });

  it('of the tool that stands in is kept by it, and none of the other’s', async () => {
    const sql = { type: 'sql', command: undefined, connection: { env: 'DB' }, statement: 'select 1', effect: 'read' };
    tool('rows', { ...sql, fallback: 'copy', retry: { max_attempts: 1 } });
    tool('copy', sql);
    await session.gateway(
      session.doing(() => (session.executions.length === 1 ? passing() : output())),
      answering(({ tool_name }) => obliged({ type: 'cap_rows', max: tool_name === 'copy' ? 1 : 9 })),
    );
    await session.request('c1', 'rows');
    await session.answers();
    expect(session.executions.map(({ limits }) => limits?.maxRows)).toEqual([9, 1]);
  });
});

describe('a tool that its bot may not use', () => {
  it.each([
    ['stands in for none', { fallback: 'forbidden', retry: { max_attempts: 1 } }, passing()],
    ['is asked about no doubt', { effect: 'once', probe: { tool: 'forbidden' } }, lost],
  ])('%s', async (_what, more, executed) => {
    tool('allowed', more);
    tool('forbidden');
    await session.gateway(
      session.doing(executed),
      answering(({ tool_name }) => ({ ...decision, allow: tool_name !== 'forbidden' })),
    );
    await session.request('c1', 'allowed');
    await session.answers();
    await session.time.wait(60_000);
    expect(session.executions.map(({ tool }) => tool.manifest.name)).toEqual(['allowed']);
  });
});

describe('a tool that the session’s revision of the registry does not hold', () => {
  it.each([
    ['stands in for none', { fallback: 'newer', retry: { max_attempts: 1 } }, passing()],
    ['is asked about no doubt', { effect: 'once', probe: { tool: 'newer' } }, lost],
  ])('%s', async (_what, more, executed) => {
    tool('older', more);
    const revision = new Map(session.tools);
    tool('newer');
    await session.begin({ registry: 'r-old', budget: {} });
    await session.gateway(session.doing(executed), {
      tools: (named) => (named === 'r-old' ? revision : session.tools),
    });
    await session.request('c1', 'older');
    await session.answers();
    await session.time.wait(60_000);
    expect(session.executions.map(({ tool }) => tool.manifest.name)).toEqual(['older']);
  });
});

describe('a doubt about a tool that stood in', () => {
  it('is settled by a person, and not by asking the service that was never called', async () => {
    tool('pay', { effect: 'once', fallback: 'pay_elsewhere', probe: { tool: 'payment_known' } });
    tool('pay_elsewhere', { effect: 'once' });
    tool('payment_known', { schema: { input: {}, output: { happened: 'boolean' } } });
    const nothingDone: Executed = { ...passing(), retryable: false };
    await session.gateway((execution) => {
      session.executions.push(execution);
      const { name } = execution.tool.manifest;
      if (name === 'payment_known') return output({ happened: false });
      return name === 'pay' ? nothingDone : lost;
    });
    await session.request('c1', 'pay');
    expect(await session.answers()).toMatchObject([{ type: 'tool-in-doubt' }]);
    await session.time.wait(60_000);
    expect(session.executions.map(({ tool }) => tool.manifest.name)).toEqual(['pay', 'pay_elsewhere']);
    expect((await session.written()).map(({ type }) => type)).not.toContain('call-settled');
  });
});
