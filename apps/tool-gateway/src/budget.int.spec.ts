import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Recorded, sealDraft, serviceBoundary, TOOL_BUDGET_EXCEEDED } from '@voorman/envelope';
import type { Execution } from '@voorman/executors';
import { readAll } from '@voorman/log';
import { connectLog, type LogConnection } from '@voorman/log/jetstream';
import { startTestServer, type TestServer } from '@voorman/log/testing';
import { compileTool } from '@voorman/registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUnless } from './adapters/waiting.js';
import { CallHandler } from './call.handler.js';
import { allowing, decision, manifest, never, output } from './testing/session.js';

const SESSION = { tenant: 'default', session: 'fifty', ttlSeconds: 120 };
const CALLS = 50;
const BUDGET = 20;

describe('a budget of 20 calls on a real log', () => {
  let server: TestServer;
  const connections: LogConnection[] = [];
  const executed: Execution[] = [];

  const connectAs = async (name: string): Promise<LogConnection> => {
    const credentials = server.credentialsFor(name);
    if (!('nkeySeed' in credentials)) throw new Error(`${name} is no service`);
    const connection = await connectLog({ servers: [server.url], name, credentials });
    connections.push(connection);
    return connection;
  };

  /** @param dies leaves its calls where they are, a moment after the first of them began, and is gone. */
  const startGateway = async (dies = false): Promise<void> => {
    let leave = (): void => undefined;
    const connection = await connectAs('tool-gateway');
    const tool = compileTool(manifest({ budget: { max_calls_per_session: 1_000 } }));
    const handler = new CallHandler({
      log: connection.log,
      payloads: connection.payloads,
      policy: allowing,
      tools: () => new Map([['search_web', tool]]),
      domainOf: () => undefined,
      executor: {
        meaning: async () => ({}),
        execute: async (execution) => {
          executed.push(execution);
          leave();
          if (dies) return never(execution);
          await pause(5);
          return output();
        },
      },
      clock: { nowMs: () => Date.now() },
      ids: { next: () => randomUUID() },
      random: Math.random,
      wait: waitUnless,
      redact: async (given) => ({ output: given, redacted: [] }),
      report: () => undefined,
      environment: 'test',
    });
    const following = await connection.log.follow(
      async (record, delivery) => {
        if (record.type === 'tool-requested') await handler.toolRequested(record, delivery);
      },
      { slots: 16, buffer: 4, isOrdered: false },
    );
    if (!dies) return;
    leave = () => {
      leave = () => undefined;
      setTimeout(() => void following.drain(0).then(() => connection.close()), 100);
    };
  };

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await server?.stop();
  });

  it('lets exactly 20 of 50 through that come at once to three gateways, two of which die', {
    timeout: 60_000,
  }, async () => {
    const foreman = await connectAs('orchestrator');
    const bot = await connectAs('sre-bot');
    const terms = { budget: { calls: BUDGET } };
    const delegation = { on_behalf_of: 'cli', root_task_id: 't', decision, terms };
    const first = { type: 'task-requested', target: 'orchestrator', payload: { goal: 'x', delegation } } as const;
    const seal = (source: string, task: string) => ({ ...SESSION, source, task, id: randomUUID(), atMs: Date.now() });
    await foreman.log.append(sealDraft(first, seal('orchestrator', 't')));
    for (let number = 0; number < CALLS; number += 1) {
      const given = { type: 'task-requested', target: 'sre-bot', payload: { goal: 'x' } } as const;
      await foreman.log.append(sealDraft(given, seal('orchestrator', `t${number}`)));
    }
    await Promise.all([startGateway(true), startGateway(true), startGateway()]);
    await Promise.all(
      Array.from({ length: CALLS }, (_, number) => {
        const payload = {
          state: 'EXECUTE' as const,
          call_id: `c${number}`,
          tool: 'search_web',
          step: 's',
          arguments: { query: 'x', max_results: 1 },
        };
        const draft = { type: 'tool-requested', target: 'tool-gateway', payload } as const;
        return bot.log.append(sealDraft(draft, seal('sre-bot', `t${number}`)));
      }),
    );
    const boundary = serviceBoundary(SESSION.tenant, SESSION.session, 'tool-gateway');
    let written: Recorded[] = [];
    const ends = () => written.filter(({ type }) => type === 'tool-finished' || type === 'tool-refused');
    for (let tries = 0; tries < 400 && ends().length < CALLS; tries += 1) {
      await pause(100);
      written = await readAll(foreman.log, boundary);
    }
    const started = written.filter((record): record is Recorded<'tool-started'> => record.type === 'tool-started');
    expect(started.filter(({ payload }) => payload.attempt === 1)).toHaveLength(BUDGET);
    expect(new Set(started.map(({ payload }) => payload.call_id)).size).toBe(BUDGET);
    expect(started.some(({ payload }) => payload.attempt === 2)).toBe(true);
    expect(new Set(executed.map(({ key }) => key)).size).toBe(BUDGET);
    const codes = ends().map((record) => (record.type === 'tool-refused' ? record.payload.code : record.type));
    expect(codes.filter((code) => code === 'tool-finished')).toHaveLength(BUDGET);
    expect(codes.filter((code) => code === TOOL_BUDGET_EXCEEDED)).toHaveLength(CALLS - BUDGET);
  });
});
