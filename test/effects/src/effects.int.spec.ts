import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Draft, idempotencyKey, type Recorded, sealDraft, writtenBy } from '@voorman/envelope';
import { readAll } from '@voorman/log';
import { connectLog, type LogConnection } from '@voorman/log/jetstream';
import { startTestServer, type TestServer } from '@voorman/log/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bank, openBank } from './bank.js';
import { Gateways } from './gateways.js';

/** VOORMAN_EFFECT_CALLS makes it more or fewer. */
const CALLS = Number(process.env.VOORMAN_EFFECT_CALLS ?? 1_000);
const SESSIONS = 40;
const WITHIN_MS = 120_000;
const BOT = 'sre-bot';

/** What the log says of one call, by the key under which the bank knows it. */
type Calls = ReadonlyMap<string, readonly Recorded[]>;

describe(`${CALLS} payments, each of which must happen once, through gateways that are killed`, () => {
  let server: TestServer;
  let bank: Bank;
  let gateways: Gateways;
  let foreman: LogConnection;
  let bot: LogConnection;
  let calls: Calls = new Map();

  const connectAs = async (name: string): Promise<LogConnection> =>
    connectLog({ servers: [server.url], name, credentials: { nkeySeed: seedOf(name) } });

  const seedOf = (name: string): string => {
    const credentials = server.credentialsFor(name);
    if (!('nkeySeed' in credentials)) throw new Error(`${name} is no service`);
    return credentials.nkeySeed;
  };

  const say = (as: LogConnection, source: string, session: number, draft: Draft, task: string): Promise<number> => {
    const seal = { source, tenant: 'default', session: `pay-${session}`, task, ttlSeconds: 600 };
    return as.log.append(sealDraft(draft, { ...seal, id: randomUUID(), atMs: Date.now() }));
  };

  const readCalls = async (): Promise<Calls> => {
    const found = new Map<string, Recorded[]>();
    for (const record of await readAll(foreman.log, writtenBy('tool-gateway'))) {
      if (!('call_id' in record.payload)) continue;
      const identity = { tenant: record.tenant, session: record.correlation_id, bot: BOT };
      const key = idempotencyKey({ ...identity, callId: String(record.payload.call_id) });
      found.set(key, [...(found.get(key) ?? []), record]);
    }
    return found;
  };
  const have = (...types: readonly Recorded['type'][]) =>
    [...calls].filter(([, records]) => records.some(({ type }) => types.includes(type)));

  beforeAll(async () => {
    server = await startTestServer();
    bank = await openBank(40);
    foreman = await connectAs('orchestrator');
    bot = await connectAs(BOT);
    gateways = new Gateways({ NATS_URL: server.url, NKEY_SEED: seedOf('tool-gateway'), BANK_URL: bank.url });
    await gateways.start(3);
    const decision = { action: 'task_delegate', allow: true, reasons: [], bundle: 'all', latency_us: 1 };
    for (let session = 0; session < SESSIONS; session += 1) {
      const task = `t${session}`;
      const delegation = { on_behalf_of: 'cli', root_task_id: task, decision };
      const draft: Draft = { type: 'task-requested', target: BOT, payload: { action: 'pay', delegation } };
      await say(foreman, 'orchestrator', session, draft, task);
    }
    let isAsking = true;
    const asking = (async () => {
      for (let call = 0; call < CALLS; call += 1) {
        const payload = {
          state: 'EXECUTE',
          call_id: `c${call}`,
          tool: 'pay',
          step: 's',
          arguments: { amount: call },
        } as const;
        const draft = { type: 'tool-requested', target: 'tool-gateway', payload } as const;
        void say(bot, BOT, call % SESSIONS, draft, `t${call % SESSIONS}`);
        // All of them within 15 s, so that every kill meets some under way.
        if (call % 10 === 9) await pause(150_000 / CALLS);
      }
      isAsking = false;
    })();
    const untilMs = Date.now() + WITHIN_MS;
    for (let ended = 0; (isAsking || ended < CALLS) && Date.now() < untilMs; ) {
      if (isAsking) await gateways.killOne();
      await pause(100);
      if (isAsking) continue;
      calls = await readCalls();
      ended = have('tool-finished', 'tool-in-doubt').length;
    }
    await asking;
  }, WITHIN_MS + 60_000);

  afterAll(async () => {
    await gateways?.stop();
    await Promise.all([foreman?.close(), bot?.close()]);
    await bank?.stop();
    await server?.stop();
  });

  it('were really disturbed', () => {
    expect(gateways.kills).toBeGreaterThanOrEqual(5);
    expect(have('tool-in-doubt').length).toBeGreaterThan(0);
  });

  it('reached the bank once at most, and none without its started record', () => {
    expect([...bank.received].filter(([, count]) => count > 1)).toEqual([]);
    const started = new Set(have('tool-started').map(([key]) => key));
    expect([...bank.received.keys()].filter((key) => !started.has(key))).toEqual([]);
  });

  it('were each finished or put in doubt, and what was finished had happened', () => {
    expect(have('tool-refused')[0]?.[1].map(({ payload }) => payload) ?? []).toEqual([]);
    expect(calls.size).toBe(CALLS);
    expect(have('tool-finished', 'tool-in-doubt')).toHaveLength(CALLS);
    expect(have('tool-refused')).toEqual([]);
    const paid = have('tool-finished').filter(([, records]) =>
      records.some((record) => record.type === 'tool-finished' && record.payload.output?.paid === true),
    );
    expect(paid.filter(([key]) => !bank.received.has(key))).toEqual([]);
    expect(paid.length).toBeGreaterThan(CALLS / 2);
  });

  it('are settled once somebody has asked the bank, each in one way', async () => {
    const doubts = have('tool-in-doubt').filter(([, records]) => records.every(({ type }) => type !== 'tool-finished'));
    for (const [key, records] of doubts) {
      const [record] = records;
      if (record?.type !== 'tool-started') throw new Error('a doubt without a start');
      const { call_id } = record.payload;
      const happened = bank.received.has(key);
      const payload = { call_id, agent: BOT, happened, because: 'The bank says so.', settled_by: 'ada' };
      const draft = { type: 'settlement-requested', target: 'tool-gateway', payload } as const;
      await say(foreman, 'orchestrator', Number(record.correlation_id.slice(4)), draft, record.task_id);
    }
    for (let tries = 0; tries < 100 && have('call-settled').length < doubts.length; tries += 1) {
      await pause(100);
      calls = await readCalls();
    }
    expect(have('call-settled')).toHaveLength(doubts.length);
    expect([...bank.received.values()].every((count) => count === 1)).toBe(true);
    const report = { calls: CALLS, kills: gateways.kills, received: bank.received.size, doubts: doubts.length };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  }, 60_000);
});
