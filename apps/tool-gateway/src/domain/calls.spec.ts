import { fold } from '@voorman/decider';
import { specification } from '@voorman/decider/testing';
import {
  type Decision,
  type Draft,
  type Effect,
  type Recorded,
  type SessionBudget,
  TOOL_BUDGET_EXCEEDED,
} from '@voorman/envelope';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { played, recorded, typesOf } from '../testing/played.js';
import { callsOfTool, type Limits } from './budget.js';
import type { CallsCommand, Offer, Opening } from './call-command.js';
import type { Request } from './call-state.js';
import { calls } from './calls.js';
import type { Duties } from './duties.js';

const given = specification(expect);
const yes: Decision = { action: 'tool_execute', allow: true, reasons: ['listed'], bundle: 'r1', latency_us: 5 };
const no: Decision = { ...yes, allow: false, reasons: ['not listed'] };
const request = (callId = 'c1'): Request => ({ callId, tool: 'pay', bot: 'sre-bot' });
const duties: Duties = { redact: [], conditions: [], draft: false };
const offer = (effect: Effect = 'once'): Offer => ({
  tool: 'pay',
  version: '1.0.0',
  effect,
  maxAttempts: effect === 'once' ? 1 : 3,
  costUsd: 0.01,
  tokens: 0,
});
const limits: Limits = { session: {}, beganAtMs: 0, maxCalls: 20 };
const opening = (more: Partial<Opening> = {}): Opening => ({
  offer: offer(),
  limits,
  decision: yes,
  duties,
  atMs: 1_000,
  ...more,
});
const start = (more: Partial<Extract<CallsCommand, { type: 'start' }>> = {}): CallsCommand => ({
  ...opening(),
  type: 'start',
  request: request(),
  isPatient: true,
  ...more,
});

const startedCall = (effect: Effect, attempt = 1, callId = 'c1', agent = 'sre-bot'): Recorded =>
  recorded({
    type: 'tool-started',
    target: 'journal',
    payload: {
      call_id: callId,
      agent,
      tool: 'pay',
      version: '1.0.0',
      effect,
      attempt,
      max_attempts: effect === 'once' ? 1 : 3,
      cost_usd: 0,
      decision: yes,
    },
  });
const repeat = (attempt: number, afterCrash: boolean, decision = yes): CallsCommand => ({
  ...opening({ decision }),
  type: 'repeat',
  request: request(),
  attempt,
  origin: 'request',
  afterCrash,
});

describe('a tool call', () => {
  it('starts after an allow, with the decision and the budget on its record', () => {
    expect(given(calls, []).when(start()).next).toMatchObject({
      type: 'tool-started',
      target: 'journal',
      payload: { attempt: 1, decision: yes, budget: { used: 1, max_calls: 20 } },
    });
  });

  it('is refused without an allow, and the refusal says why', () => {
    expect(given(calls, []).when(start({ decision: no })).next).toMatchObject({
      type: 'tool-refused',
      target: 'sre-bot',
      payload: { code: 'policy/denied', decision: no, message: expect.stringContaining('not listed') },
    });
  });

  it('is refused as the 21st of 20', () => {
    const twenty = Array.from({ length: 20 }, (_, index) => startedCall('read', 1, `c-${index}`));
    expect(given(calls, twenty).when(start()).next).toMatchObject({
      type: 'tool-refused',
      payload: { code: TOOL_BUDGET_EXCEEDED, message: 'pay has used all 20 calls of this session.' },
    });
    expect(given(calls, twenty.slice(1)).when(start()).next?.type).toBe('tool-started');
  });

  it('does not use up the budget by being repeated', () => {
    const past = [startedCall('read', 1), startedCall('read', 2), startedCall('read', 3)];
    expect(callsOfTool(fold(calls, past).use, 'pay')).toBe(1);
  });

  it('is its own although another bot used the same key, whatever came of that', () => {
    const payload = { call_id: 'c1', tool: 'pay' };
    const fault = { code: 'x/y', message: 'x', next: 'x' };
    const ends: Draft[] = [
      { type: 'tool-refused', target: 'other-bot', payload: { ...payload, ...fault } },
      { type: 'tool-finished', target: 'other-bot', payload: { ...payload, attempt: 1, duration_ms: 1, fault } },
      { type: 'tool-in-doubt', target: 'other-bot', payload: { ...payload, attempt: 1, ...fault } },
    ];
    for (const past of [startedCall('once', 1, 'c1', 'other-bot'), ...ends.map(recorded)]) {
      expect(given(calls, [past]).when(start()).next).toMatchObject({ payload: { agent: 'sre-bot', attempt: 1 } });
    }
  });

  it('goes to a human when it may have run and must not run twice', () => {
    expect(given(calls, [startedCall('once')]).when(repeat(1, true)).next).toMatchObject({
      type: 'tool-in-doubt',
      target: 'sre-bot',
      payload: { code: 'tool/in-doubt' },
    });
  });

  it('is begun again after a crash when a repetition does no harm', () => {
    expect(given(calls, [startedCall('read')]).when(repeat(1, true)).next).toMatchObject({
      type: 'tool-started',
      payload: { attempt: 2 },
    });
  });

  it('is not begun again when policy has changed its mind', () => {
    expect(given(calls, [startedCall('read')]).when(repeat(1, true, no)).next).toMatchObject({
      type: 'tool-finished',
      payload: { fault: { code: 'tool/crashed' } },
    });
  });

  it('is repeated by one of two that found it left behind', () => {
    given(calls, [startedCall('read'), startedCall('read', 2)])
      .when(repeat(1, true))
      .thenNothing();
  });

  it('is retried as often as its manifest says and no more', () => {
    expect(given(calls, [startedCall('read', 2)]).when(repeat(2, false)).next?.type).toBe('tool-started');
    given(calls, [startedCall('read', 3)])
      .when(repeat(3, false))
      .thenNothing();
  });

  it('starts nothing after the session was cancelled', () => {
    const closed = recorded({ type: 'calls-closed', target: 'journal', payload: { reason: 'enough' } });
    expect(given(calls, [closed]).when(start()).next).toMatchObject({ payload: { code: 'session/cancelled' } });
    given(calls, [closed]).when({ type: 'close', reason: 'again' }).thenNothing();
  });

  it('is not begun again after the session was cancelled', () => {
    const closed = recorded({ type: 'calls-closed', target: 'journal', payload: { reason: 'enough' } });
    given(calls, [startedCall('read'), closed])
      .when(repeat(1, false))
      .thenNothing();
    expect(given(calls, [startedCall('read'), closed]).when(repeat(1, true)).next).toMatchObject({
      type: 'tool-finished',
      payload: { fault: { code: 'session/cancelled' } },
    });
  });

  it('takes the output of an attempt that was taken for dead, where a repetition does no harm', () => {
    const finish = (kind: 'output' | 'fault'): CallsCommand => {
      const fault = { code: 'x/y', message: 'x', next: 'x' };
      const result = kind === 'output' ? { kind, output: { ok: true }, durationMs: 3 } : { kind, fault, durationMs: 3 };
      return { type: 'finish', request: request(), attempt: 1, result };
    };
    const overtaken = [startedCall('read'), startedCall('read', 2)];
    expect(given(calls, overtaken).when(finish('output')).next).toMatchObject({
      type: 'tool-finished',
      payload: { attempt: 1, output: { ok: true } },
    });
    given(calls, overtaken).when(finish('fault')).thenNothing();
  });

  it('lets a late result settle a doubt, once', () => {
    const doubt = given(calls, [startedCall('once')]).when(repeat(1, true)).next;
    const result = { kind: 'output', output: { ok: true }, durationMs: 3 } as const;
    const finish: CallsCommand = { type: 'finish', request: request(), attempt: 1, result };
    if (!doubt) throw new Error('no doubt');
    const past = [startedCall('once'), recorded(doubt)];
    const end = given(calls, past).when(finish).next;
    expect(end).toMatchObject({ type: 'tool-finished', payload: { output: { ok: true } } });
    if (end)
      given(calls, [...past, recorded(end)])
        .when(finish)
        .thenNothing();
  });

  it('names the budget that is used up, and waits for others where it may', () => {
    const busy = [startedCall('read', 1, 'c-1'), startedCall('read', 1, 'c-2')];
    const session = (budget: SessionBudget) => ({ ...limits, session: budget });
    expect(given(calls, busy).when(start({ limits: session({ calls: 2 }) })).next).toMatchObject({
      payload: { code: TOOL_BUDGET_EXCEEDED, next: expect.stringContaining('calls in the session') },
    });
    given(calls, busy)
      .when(start({ limits: session({ parallel: 2 }) }))
      .thenNothing();
    expect(given(calls, busy).when(start({ limits: session({ parallel: 2 }), isPatient: false })).next).toMatchObject({
      payload: { code: TOOL_BUDGET_EXCEEDED, message: expect.stringContaining('2 calls that may be under way') },
    });
  });

  it('stops a bot that asks again and again for what it does not get', () => {
    const fault = { code: 'arguments/invalid', message: 'No.', next: 'Mend it.' };
    const refuse = (id: string): CallsCommand => ({ type: 'refuse', request: request(id), fault, maxRefusals: 2 });
    const past = played(...['a', 'b', 'c'].map(refuse));
    expect(past.map((each) => (each.type === 'tool-refused' ? each.payload.code : ''))).toEqual([
      'arguments/invalid',
      'arguments/invalid',
      TOOL_BUDGET_EXCEEDED,
    ]);
    const bounded = start({ limits: { ...limits, session: { refusals: 2 } } });
    expect(given(calls, past).when(bounded).next).toMatchObject({ payload: { code: TOOL_BUDGET_EXCEEDED } });
  });

  it('is refused under an obligation that nobody here can see to', () => {
    expect(given(calls, []).when(start({ duties: { unmet: 'sing' } })).next).toMatchObject({
      type: 'tool-refused',
      payload: { code: 'policy/unknown-obligation', message: expect.stringContaining('sing') },
    });
  });

  it('falls back on another tool that a repetition cannot harm, and on no third', () => {
    const fallBack = (cause: 'fault' | 'unknown', attempt = 1): CallsCommand => ({
      ...opening({ offer: { ...offer('read'), tool: 'pay-elsewhere' } }),
      type: 'fall-back',
      request: request(),
      attempt,
      cause,
    });
    const next = given(calls, [startedCall('read')]).when(fallBack('unknown')).next;
    expect(next).toMatchObject({
      type: 'tool-started',
      payload: { tool: 'pay-elsewhere', fallback_for: 'pay', attempt: 2, max_attempts: 4, budget: { used: 1 } },
    });
    given(calls, [startedCall('once')])
      .when(fallBack('unknown'))
      .thenNothing();
    if (!next) throw new Error('nothing stood in');
    const third = { ...fallBack('fault', 2), offer: { ...offer('read'), tool: 'third' } } as CallsCommand;
    given(calls, [startedCall('read'), recorded(next)])
      .when(third)
      .thenNothing();
  });

  it('stays in doubt until somebody settles it, once, and costs nothing if it did not happen', () => {
    const doubt = given(calls, [startedCall('once')]).when(repeat(1, true)).next;
    if (!doubt) throw new Error('no doubt');
    const past = [startedCall('once'), recorded(doubt)];
    const settle: CallsCommand = {
      type: 'settle',
      request: request(),
      happened: false,
      because: 'The bank knows nothing of it.',
      by: 'ada',
    };
    const settled = given(calls, past).when(settle).next;
    expect(settled).toMatchObject({ type: 'call-settled', payload: { happened: false, settled_by: 'ada' } });
    if (!settled) throw new Error('not settled');
    given(calls, [...past, recorded(settled)])
      .when(settle)
      .thenNothing();
    given(calls, [startedCall('once')])
      .when(settle)
      .thenNothing();
  });

  it('starts at most once if it must not be repeated, whatever arrives in whatever order', () => {
    const commands = fc.array(
      fc.oneof(
        fc.constantFrom(yes, no).map((decision) => start({ decision })),
        fc.tuple(fc.integer({ min: 0, max: 3 }), fc.boolean()).map(([attempt, crash]) => repeat(attempt, crash)),
        fc.integer({ min: 0, max: 3 }).map(
          (attempt): CallsCommand => ({
            type: 'finish',
            request: request(),
            attempt,
            result: { kind: 'unknown', fault: { code: 'x', message: 'x', next: 'x' }, durationMs: 0 },
          }),
        ),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(commands, (sequence) => {
        expect(typesOf(played(...sequence)).filter((type) => type === 'tool-started').length).toBeLessThan(2);
      }),
    );
  });

  it('never exceeds its budget, whatever arrives in whatever order', () => {
    const commands = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom(yes, yes, no), fc.boolean()), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(commands, fc.integer({ min: 0, max: 6 }), (sequence, maxCalls) => {
        const arriving = sequence.map(([id, decision, crash]): CallsCommand => {
          const about = { request: request(`c-${id}`) };
          if (crash) return { ...repeat(1, true, decision), ...about } as CallsCommand;
          return start({ ...about, decision, offer: offer('read'), limits: { ...limits, maxCalls } });
        });
        const first = played(...arriving).filter((each) => each.type === 'tool-started' && each.payload.attempt === 1);
        expect(first.length).toBeLessThanOrEqual(maxCalls);
      }),
    );
  });
});
