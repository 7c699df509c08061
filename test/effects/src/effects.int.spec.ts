import { setTimeout as pause } from 'node:timers/promises';
import type { Recorded } from '@voorman/envelope';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Payments } from './payments.js';

/** VOORMAN_EFFECT_CALLS makes it more or fewer. */
const CALLS = Number(process.env.VOORMAN_EFFECT_CALLS ?? 1_000);
const WITHIN_MS = 120_000;

/** What the log says of one call, by the key under which the bank knows it. */
type Calls = ReadonlyMap<string, readonly Recorded[]>;

describe(`${CALLS} payments, each of which must happen once, through gateways that are killed`, () => {
  let payments: Payments;
  let calls: Calls = new Map();

  const readCalls = async (): Promise<Calls> => {
    const found = new Map<string, Recorded[]>();
    for (const record of await payments.records()) {
      if (!('call_id' in record.payload)) continue;
      const key = payments.keyOf(record, String(record.payload.call_id));
      found.set(key, [...(found.get(key) ?? []), record]);
    }
    return found;
  };
  const have = (...types: readonly Recorded['type'][]) =>
    [...calls].filter(([, records]) => records.some(({ type }) => types.includes(type)));

  beforeAll(async () => {
    payments = await Payments.open({ sessions: 40, answerWithinMs: 40 });
    let isAsking = true;
    const asking = (async () => {
      for (let call = 0; call < CALLS; call += 1) {
        void payments.pay(call);
        // All of them within 15 s, so that every kill meets some under way.
        if (call % 10 === 9) await pause(150_000 / CALLS);
      }
      isAsking = false;
    })();
    const untilMs = Date.now() + WITHIN_MS;
    for (let ended = 0; (isAsking || ended < CALLS) && Date.now() < untilMs; ) {
      if (isAsking) await payments.gateways.killOne();
      await pause(100);
      if (isAsking) continue;
      calls = await readCalls();
      ended = have('tool-finished', 'tool-in-doubt').length;
    }
    await asking;
  }, WITHIN_MS + 60_000);

  afterAll(() => payments?.close());

  it('were really disturbed', () => {
    expect(payments.gateways.kills).toBeGreaterThanOrEqual(5);
    expect(have('tool-in-doubt').length).toBeGreaterThan(0);
  });

  it('reached the bank once at most, and none without its started record', () => {
    expect([...payments.bank.received].filter(([, count]) => count > 1)).toEqual([]);
    const started = new Set(have('tool-started').map(([key]) => key));
    expect([...payments.bank.received.keys()].filter((key) => !started.has(key))).toEqual([]);
  });

  it('were each finished or put in doubt, and what was finished had happened', () => {
    expect(have('tool-refused')[0]?.[1].map(({ payload }) => payload) ?? []).toEqual([]);
    expect(calls.size).toBe(CALLS);
    expect(have('tool-finished', 'tool-in-doubt')).toHaveLength(CALLS);
    expect(have('tool-refused')).toEqual([]);
    const paid = have('tool-finished').filter(([, records]) =>
      records.some((record) => record.type === 'tool-finished' && record.payload.output?.paid === true),
    );
    expect(paid.filter(([key]) => !payments.bank.received.has(key))).toEqual([]);
    expect(paid.length).toBeGreaterThan(CALLS / 2);
  });

  it('are settled once somebody has asked the bank, each in one way', async () => {
    const doubts = have('tool-in-doubt').filter(([, records]) => records.every(({ type }) => type !== 'tool-finished'));
    for (const [key, records] of doubts) {
      const [record] = records;
      if (record?.type !== 'tool-started') throw new Error('a doubt without a start');
      await payments.settle(record, payments.bank.received.has(key));
    }
    for (let tries = 0; tries < 100 && have('call-settled').length < doubts.length; tries += 1) {
      await pause(100);
      calls = await readCalls();
    }
    expect(have('call-settled')).toHaveLength(doubts.length);
    expect([...payments.bank.received.values()].every((count) => count === 1)).toBe(true);
    const report = {
      calls: CALLS,
      kills: payments.gateways.kills,
      received: payments.bank.received.size,
      doubts: doubts.length,
    };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  }, 60_000);
});
