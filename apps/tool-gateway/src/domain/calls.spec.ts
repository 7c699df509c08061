import { specification } from '@voorman/decider/testing';
import { type Draft, type SessionBudget, TOOL_BUDGET_EXCEEDED } from '@voorman/envelope';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits, no, offer, repeat, request, start, startedCall, yes } from '../testing/paying.js';
import { played, recorded } from '../testing/played.js';
import type { CallsCommand } from './call-command.js';
import { calls } from './calls.js';

const given = specification(expect);

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

  it('starts nothing after the session was cancelled', () => {
    const closed = recorded({ type: 'calls-closed', target: 'journal', payload: { reason: 'enough' } });
    expect(given(calls, [closed]).when(start()).next).toMatchObject({ payload: { code: 'session/cancelled' } });
    given(calls, [closed]).when({ type: 'close', reason: 'again' }).thenNothing();
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
