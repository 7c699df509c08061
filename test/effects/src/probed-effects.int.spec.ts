import { setTimeout as pause } from 'node:timers/promises';
import type { Recorded } from '@voorman/envelope';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Payments } from './payments.js';

const CALLS = 200;
const WITHIN_MS = 90_000;
/** For so long a gateway is killed again and again: beyond the last payment, so that probes meet it too. */
const STORM_MS = 12_000;
/** So slow is the bank that every kill meets some payments, or somebody who asks about one. */
const ANSWER_WITHIN_MS = 600;

const isOf =
  <T extends Recorded['type']>(type: T) =>
  (record: Recorded): record is Extract<Recorded, { type: T }> =>
    record.type === type;

describe(`${CALLS} payments whose doubts the bank is asked about, through gateways that are killed`, () => {
  let payments: Payments;
  let records: readonly Recorded[] = [];

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
    payments = await Payments.open({ sessions: 10, answerWithinMs: ANSWER_WITHIN_MS, env: { PROBED: 'yes' } });
    const asking = (async () => {
      for (let call = 0; call < CALLS; call += 1) {
        await payments.pay(call);
        await pause(40);
      }
    })();
    const beganMs = Date.now();
    do {
      if (Date.now() < beganMs + STORM_MS) await payments.gateways.killOne();
      await pause(100);
      records = await payments.records();
    } while ((Date.now() < beganMs + STORM_MS || open() > 0) && Date.now() < beganMs + WITHIN_MS);
    await asking;
  }, WITHIN_MS + 60_000);

  afterAll(() => payments?.close());

  it('were really disturbed', () => {
    expect(doubts().length).toBeGreaterThan(0);
    expect(probes().length).toBeGreaterThan(0);
  });

  it('all came to an end, and none reached the bank twice', () => {
    expect(open()).toBe(0);
    expect([...payments.bank.received].filter(([, count]) => count > 1)).toEqual([]);
  });

  it('were settled as the bank knows it, each once', () => {
    const wrong = settled().filter(
      (record) =>
        record.payload.happened !== payments.bank.received.has(payments.keyOf(record, record.payload.call_id)),
    );
    expect(wrong).toEqual([]);
    expect(new Set(settled().map(({ payload }) => payload.call_id)).size).toBe(settled().length);
    expect(new Set(settled().map(({ payload }) => payload.settled_by))).toEqual(new Set(['paid']));
  });

  it('had nobody ask the bank without a start on record, with policy’s yes', () => {
    const announced = new Set(probes().map((record) => payments.keyOf(record, record.payload.probes ?? '')));
    expect(payments.bank.lookedUp.filter((key) => !announced.has(key))).toEqual([]);
    expect(payments.bank.lookedUp.length).toBeLessThanOrEqual(probes().length);
    expect(probes().every(({ payload }) => payload.decision.allow)).toBe(true);
    const repeated = probes().filter(({ payload }) => payload.attempt > 1).length;
    const report = {
      calls: CALLS,
      kills: payments.gateways.kills,
      doubts: doubts().length,
      settled: settled().length,
      repeated,
    };
    process.stdout.write(
      `${JSON.stringify({ ...report, probes: probes().length, lookups: payments.bank.lookedUp.length })}\n`,
    );
  });
});
