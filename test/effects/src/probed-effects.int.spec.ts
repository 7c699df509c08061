import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Draft, idempotencyKey, type Recorded, sealDraft, writtenBy } from '@voorman/envelope';
import { readAll } from '@voorman/log';
import { connectLog, type LogConnection } from '@voorman/log/jetstream';
import { startTestServer, type TestServer } from '@voorman/log/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bank, openBank } from './bank.js';
import { Gateways } from './gateways.js';

const CALLS = 200;
const SESSIONS = 10;
const WITHIN_MS = 90_000;
/** For so long a gateway is killed again and again: beyond the last payment, so that probes meet it too. */
const STORM_MS = 12_000;
/** So slow is the bank that every kill meets some payments, or somebody who asks about one. */
const ANSWER_WITHIN_MS = 600;
const BOT = 'sre-bot';

const isOf =
  <T extends Recorded['type']>(type: T) =>
  (record: Recorded): record is Extract<Recorded, { type: T }> =>
    record.type === type;

describe(`${CALLS} payments whose doubts the bank is asked about, through gateways that are killed`, () => {
  let server: TestServer;
  let bank: Bank;
  let gateways: Gateways;
  let foreman: LogConnection;
  let bot: LogConnection;
  let records: readonly Recorded[] = [];

  const seedOf = (name: string): string => {
    const credentials = server.credentialsFor(name);
    if (!('nkeySeed' in credentials)) throw new Error(`${name} is no service`);
    return credentials.nkeySeed;
  };
  const connectAs = (name: string): Promise<LogConnection> =>
    connectLog({ servers: [server.url], name, credentials: { nkeySeed: seedOf(name) } });
  const say = (as: LogConnection, source: string, session: number, draft: Draft): Promise<number> => {
    const seal = { source, tenant: 'default', session: `pay-${session}`, task: `t${session}`, ttlSeconds: 600 };
    return as.log.append(sealDraft(draft, { ...seal, id: randomUUID(), atMs: Date.now() }));
  };
  const keyOf = ({ tenant, correlation_id: session }: Recorded, callId: string): string =>
    idempotencyKey({ tenant, session, bot: BOT, callId });
  const doubts = () => records.filter(isOf('tool-in-doubt'));
  const settled = () => records.filter(isOf('call-settled'));
  const probes = () => records.filter(isOf('tool-started')).filter(({ payload }) => payload.probes !== undefined);
  /** Payments that are neither finished nor settled. */
  const open = (): number => {
    const ended = [...records.filter(isOf('tool-finished')), ...settled()].filter(
      ({ payload }) => payload.tool === 'pay',
    );
    return CALLS - new Set(ended.map(({ payload }) => payload.call_id)).size;
  };

  beforeAll(async () => {
    server = await startTestServer();
    bank = await openBank(ANSWER_WITHIN_MS);
    foreman = await connectAs('orchestrator');
    bot = await connectAs(BOT);
    const addresses = { NATS_URL: server.url, NKEY_SEED: seedOf('tool-gateway'), BANK_URL: bank.url };
    gateways = new Gateways({ ...addresses, PROBED: 'yes' });
    await gateways.start(3);
    const decision = { action: 'task_delegate', allow: true, reasons: [], bundle: 'all', latency_us: 1 };
    for (let session = 0; session < SESSIONS; session += 1) {
      const delegation = { on_behalf_of: 'cli', root_task_id: `t${session}`, decision };
      await say(foreman, 'orchestrator', session, {
        type: 'task-requested',
        target: BOT,
        payload: { action: 'pay', delegation },
      });
    }
    const asking = (async () => {
      for (let call = 0; call < CALLS; call += 1) {
        await say(bot, BOT, call % SESSIONS, {
          type: 'tool-requested',
          target: 'tool-gateway',
          payload: { state: 'EXECUTE', call_id: `c${call}`, tool: 'pay', step: 's', arguments: { amount: call } },
        });
        await pause(40);
      }
    })();
    const beganMs = Date.now();
    do {
      if (Date.now() < beganMs + STORM_MS) await gateways.killOne();
      await pause(100);
      records = await readAll(foreman.log, writtenBy('tool-gateway'));
    } while ((Date.now() < beganMs + STORM_MS || open() > 0) && Date.now() < beganMs + WITHIN_MS);
    await asking;
  }, WITHIN_MS + 60_000);

  afterAll(async () => {
    await gateways?.stop();
    await Promise.all([foreman?.close(), bot?.close()]);
    await bank?.stop();
    await server?.stop();
  });

  it('were really disturbed', () => {
    expect(doubts().length).toBeGreaterThan(0);
    expect(probes().length).toBeGreaterThan(0);
  });

  it('all came to an end, and none reached the bank twice', () => {
    expect(open()).toBe(0);
    expect([...bank.received].filter(([, count]) => count > 1)).toEqual([]);
  });

  it('were settled as the bank knows it, each once', () => {
    const wrong = settled().filter(
      (record) => record.payload.happened !== bank.received.has(keyOf(record, record.payload.call_id)),
    );
    expect(wrong).toEqual([]);
    expect(new Set(settled().map(({ payload }) => payload.call_id)).size).toBe(settled().length);
    expect(new Set(settled().map(({ payload }) => payload.settled_by))).toEqual(new Set(['paid']));
  });

  it('had nobody ask the bank without a start on record, with policy’s yes', () => {
    const announced = new Set(probes().map((record) => keyOf(record, record.payload.probes ?? '')));
    expect(bank.lookedUp.filter((key) => !announced.has(key))).toEqual([]);
    expect(bank.lookedUp.length).toBeLessThanOrEqual(probes().length);
    expect(probes().every(({ payload }) => payload.decision.allow)).toBe(true);
    const repeated = probes().filter(({ payload }) => payload.attempt > 1).length;
    const report = {
      calls: CALLS,
      kills: gateways.kills,
      doubts: doubts().length,
      settled: settled().length,
      repeated,
    };
    process.stdout.write(`${JSON.stringify({ ...report, probes: probes().length, lookups: bank.lookedUp.length })}\n`);
  });
});
