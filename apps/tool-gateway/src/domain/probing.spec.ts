import { fold } from '@voorman/decider';
import { specification } from '@voorman/decider/testing';
import type { JsonObject } from '@voorman/envelope';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { no, yes } from '../testing/paying.js';
import { played, playedAfter, typesOf } from '../testing/played.js';
import type { CallsCommand, Offer, Opening } from './call-command.js';
import { callOf, type Request } from './call-state.js';
import { calls } from './calls.js';

const given = specification(expect);
const paying: Request = { callId: 'c1', tool: 'pay', bot: 'a-bot' };
const probing: Request = { callId: 'probe-1', tool: 'payment_known', bot: 'a-bot', probes: 'c1' };
const offerOf = (tool: string, more: Partial<Offer> = {}): Offer => ({
  tool,
  version: '1.0.0',
  effect: 'read',
  maxAttempts: 3,
  costUsd: 0,
  tokens: 0,
  ...more,
});
const opening = (tool: string, more: Partial<Opening> = {}): Opening => ({
  offer: offerOf(tool),
  limits: { session: {}, beganAtMs: 0, maxCalls: 2 },
  decision: yes,
  duties: { redact: [], conditions: [], draft: false },
  atMs: 1_000,
  ...more,
});
const pay: CallsCommand = {
  ...opening('pay', { offer: offerOf('pay', { effect: 'once', maxAttempts: 1, costUsd: 0.5 }) }),
  type: 'start',
  request: paying,
  isPatient: false,
};
const lose: CallsCommand = {
  type: 'finish',
  request: paying,
  attempt: 1,
  result: { kind: 'unknown', fault: { code: 'x/y', message: 'Lost.', next: 'Look.' }, durationMs: 1 },
};
const ask = (more: Partial<Opening> = {}, isPatient = false): CallsCommand => ({
  ...opening('payment_known', more),
  type: 'start',
  request: probing,
  isPatient,
});
const askAgain = (more: Partial<Extract<CallsCommand, { type: 'repeat' }>> = {}): CallsCommand => ({
  ...opening('payment_known'),
  type: 'repeat',
  request: probing,
  attempt: 1,
  origin: 'probe',
  afterCrash: true,
  ...more,
});
const answer = (output: JsonObject, attempt = 1): CallsCommand => ({
  type: 'finish',
  request: probing,
  attempt,
  result: { kind: 'output', output, durationMs: 1 },
});
const conclude: CallsCommand = { type: 'conclude', request: paying };
const person: CallsCommand = { type: 'settle', request: paying, happened: true, because: 'Saw it.', by: 'ada' };

const doubt = played(pay, lose);

describe('a probe', () => {
  it('begins after an allow and within its budget, as a call of its bot that says what it asks about', () => {
    expect(given(calls, doubt).when(ask()).next).toMatchObject({
      type: 'tool-started',
      target: 'journal',
      payload: {
        call_id: 'probe-1',
        agent: 'a-bot',
        tool: 'payment_known',
        probes: 'c1',
        effect: 'read',
        decision: yes,
      },
    });
  });

  it('is refused without an allow, and the refusal holds the decision and what it was about', () => {
    expect(given(calls, doubt).when(ask({ decision: no })).next).toMatchObject({
      type: 'tool-refused',
      payload: { call_id: 'probe-1', probes: 'c1', code: 'policy/denied', decision: no },
    });
  });

  it('is refused where policy wants a person to agree, who may as well settle the doubt', () => {
    const duties = { redact: [], conditions: [], draft: false, approval: 'Look first.' };
    expect(given(calls, doubt).when(ask({ duties })).next).toMatchObject({
      type: 'tool-refused',
      payload: { probes: 'c1', code: 'policy/unknown-obligation' },
    });
  });

  it('is refused once its tool, or its session, has used up its calls', () => {
    for (const limits of [
      { session: {}, beganAtMs: 0, maxCalls: 0 },
      { session: { calls: 1 }, beganAtMs: 0, maxCalls: 9 },
      { session: { calls: 4, shares: [{ agent: 'a-bot', share: 0.25 }] }, beganAtMs: 0, maxCalls: 9 },
      { session: { seconds: 1 }, beganAtMs: 0, maxCalls: 9 },
    ]) {
      expect(given(calls, doubt).when(ask({ limits })).next).toMatchObject({
        type: 'tool-refused',
        payload: { probes: 'c1', code: 'TOOL_BUDGET_EXCEEDED' },
      });
    }
  });

  it('waits while too many calls are under way, as long as there is patience', () => {
    const other: CallsCommand = {
      ...opening('look'),
      type: 'start',
      request: { ...paying, callId: 'c2' },
      isPatient: false,
    };
    const past = [...doubt, ...played(other)];
    const limits = { session: { parallel: 1 }, beganAtMs: 0, maxCalls: 9 };
    given(calls, past).when(ask({ limits }, true)).thenNothing();
    expect(given(calls, past).when(ask({ limits })).next?.type).toBe('tool-refused');
  });

  it('is refused where its tool does more than read', () => {
    for (const effect of ['repeatable', 'once'] as const) {
      expect(given(calls, doubt).when(ask({ offer: offerOf('payment_known', { effect }) })).next).toMatchObject({
        type: 'tool-refused',
        payload: { probes: 'c1', code: 'probe/not-a-read' },
      });
    }
  });

  it('has nothing stand in for it that does more than read', () => {
    const past = [...doubt, ...playedAfter(doubt, ask())];
    const offer = offerOf('other', { effect: 'repeatable' });
    const instead = {
      ...opening('other', { offer }),
      type: 'fall-back',
      request: probing,
      attempt: 1,
      cause: 'fault',
    } as const;
    given(calls, past).when(instead).thenNothing();
    expect(given(calls, past).when({ ...instead, offer: offerOf('other') }).next?.type).toBe('tool-started');
  });

  it('asks about nothing but a doubt', () => {
    given(calls, []).when(ask()).thenNothing();
    given(calls, played(pay)).when(ask()).thenNothing();
    given(calls, played(pay, lose, person))
      .when(ask())
      .thenNothing();
    given(calls, played(pay, lose, { type: 'close', reason: 'enough' }))
      .when(ask())
      .thenNothing();
  });

  it('ends the doubt by what it was told, and by nothing else', () => {
    for (const happened of [true, false]) {
      const past = played(pay, lose, ask(), answer({ happened, when: 'today' }), conclude);
      expect(typesOf(past).slice(2)).toEqual(['tool-started', 'tool-finished', 'call-settled']);
      expect(past.at(-1)?.payload).toEqual({
        call_id: 'c1',
        tool: 'pay',
        agent: 'a-bot',
        happened,
        because: 'payment_known asked the service.',
        settled_by: 'payment_known',
        output: { happened, when: 'today' },
      });
    }
    expect(typesOf(played(pay, lose, conclude))).toEqual(typesOf(doubt));
    expect(typesOf(played(pay, lose, ask(), conclude)).slice(2)).toEqual(['tool-started']);
  });

  it('leaves the doubt where it was told nothing', () => {
    for (const output of [{}, { happened: 'yes' }, { done: true }]) {
      const past = played(pay, lose, ask(), answer(output), conclude);
      expect(typesOf(past).slice(2)).toEqual(['tool-started', 'tool-finished']);
      expect(callOf(fold(calls, past), paying)?.status).toBe('in-doubt');
    }
  });

  it('settles a doubt only once, whoever was faster', () => {
    const ends = (...commands: CallsCommand[]) =>
      typesOf(played(pay, lose, ask(), ...commands)).filter((type) => type === 'call-settled').length;
    expect(ends(answer({ happened: true }), conclude, conclude)).toBe(1);
    expect(ends(answer({ happened: true }), person, conclude)).toBe(1);
    expect(ends(person, answer({ happened: true }), conclude)).toBe(1);
  });

  it('is begun again after a crash, as nothing comes of reading twice', () => {
    const past = played(pay, lose, ask(), askAgain());
    expect(past.at(-1)).toMatchObject({ type: 'tool-started', payload: { attempt: 2, probes: 'c1' } });
    expect(typesOf(played(pay, lose, ask(), askAgain(), answer({ happened: true }, 2), conclude)).at(-1)).toBe(
      'call-settled',
    );
  });

  it('ends after a crash where the doubt was settled meanwhile, and so holds no place of others', () => {
    const past = played(pay, lose, ask(), person, askAgain());
    expect(typesOf(past).slice(-2)).toEqual(['call-settled', 'tool-finished']);
    expect(fold(calls, past).use.running).toBe(0);
  });

  it('is nobody else’s to begin again: neither its bot’s nor an approver’s', () => {
    const past = played(pay, lose, ask());
    const { probes: _about, ...claimed } = probing;
    for (const origin of ['request', 'approval'] as const) {
      given(calls, past).when(askAgain({ origin })).thenNothing();
      given(calls, past)
        .when(askAgain({ origin, request: claimed }))
        .thenNothing();
    }
    given(calls, past)
      .when(askAgain({ request: claimed }))
      .thenNothing();
    given(calls, past)
      .when(askAgain({ request: { ...probing, probes: 'c2' } }))
      .thenNothing();
  });

  it('is not what a bot’s own call says, whatever id that bears', () => {
    const { probes: _about, ...claimed } = probing;
    const own: CallsCommand = { ...opening('payment_known'), type: 'start', request: claimed, isPatient: false };
    const past = played(pay, lose, own, answer({ happened: false }), conclude, ask());
    expect(typesOf(past).slice(2)).toEqual(['tool-started', 'tool-finished']);
  });

  it('tells of the doubts of its own bot only', () => {
    const started = { ...probing, bot: 'b-bot' };
    const other: CallsCommand = { ...opening('payment_known'), type: 'start', request: started, isPatient: false };
    given(calls, doubt).when(other).thenNothing();
  });

  it('counts as a call of its tool, its bot and its session, and its end pays for it', () => {
    const offer = offerOf('payment_known', { costUsd: 0.25 });
    const { use } = fold(calls, played(pay, lose, ask({ offer }), answer({ happened: false }), conclude));
    expect(use.all).toEqual({ calls: 2, nanoUsd: 0.25e9, tokens: 0 });
    expect(use.byTool.get('payment_known')).toEqual({ calls: 1, running: 0 });
    expect(use.byBot.get('a-bot')?.calls).toBe(2);
  });

  it('never leaves a doubt settled without the end of a probe, or a person, whatever arrives in whatever order', () => {
    const commands = [
      pay,
      lose,
      ask(),
      ask({ decision: no }),
      askAgain(),
      answer({ happened: true }),
      answer({}),
      conclude,
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...commands), { maxLength: 30 }), (arriving) => {
        const past = played(...arriving);
        const settled = typesOf(past).indexOf('call-settled');
        if (settled < 0) return;
        const before = past.slice(0, settled);
        const told = before.findIndex(
          ({ type, payload }) => type === 'tool-finished' && 'output' in payload && payload.output?.happened === true,
        );
        const began = before.findIndex(({ type, payload }) => type === 'tool-started' && 'probes' in payload);
        expect(began).toBeGreaterThan(typesOf(past).indexOf('tool-in-doubt'));
        expect(told).toBeGreaterThan(began);
        expect(typesOf(past).lastIndexOf('call-settled')).toBe(settled);
      }),
      { numRuns: 300 },
    );
  });
});
