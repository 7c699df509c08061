import { fold } from '@voorman/decider';
import { specification } from '@voorman/decider/testing';
import type { Recorded } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { yes } from '../testing/paying.js';
import { played, typesOf } from '../testing/played.js';
import type { ApproveCommand, CallsCommand, Opening } from './call-command.js';
import { callName } from './call-state.js';
import { calls } from './calls.js';

const given = specification(expect);
const request = { callId: 'c1', tool: 'send', bot: 'mail-bot' };
const wanted = { arguments: { to: 'ada@example.org' }, digest: 'sha256:1' };
const opening: Opening = {
  offer: { tool: 'send', version: '1.0.0', effect: 'once', maxAttempts: 1, costUsd: 0.1, tokens: 0 },
  limits: { session: { seconds: 60, cost_usd: 1 }, beganAtMs: 0, maxCalls: 1 },
  decision: yes,
  duties: { redact: [], conditions: [], draft: false, approval: 'Mail leaves the house.' },
  atMs: 1_000,
};
const start: CallsCommand = { ...opening, type: 'start', request, wanted, isPatient: true };
const approve = (more: Partial<ApproveCommand> = {}): ApproveCommand => ({
  ...opening,
  type: 'approve',
  request,
  digest: wanted.digest,
  approved: true,
  because: 'It is fine.',
  by: 'ada',
  isPatient: false,
  ...more,
});
const finish = (attempt: number, draft = false): CallsCommand => ({
  type: 'finish',
  request,
  attempt,
  result: { kind: 'output', output: { status: draft ? 'draft' : 'sent' }, durationMs: 1 },
  ...(draft ? { draft: { ...wanted, version: '1.0.0', reason: 'A draft.', decision: yes } } : {}),
});

describe('a call that needs an approval', () => {
  it('waits, with what exactly would be done on its record', () => {
    expect(given(calls, []).when(start).next).toMatchObject({
      type: 'approval-requested',
      target: 'journal',
      payload: { kind: 'call', ...wanted, reason: 'Mail leaves the house.', decision: yes },
    });
  });

  it('starts once a person agrees to exactly that', () => {
    expect(typesOf(played(start, approve()))).toEqual(['approval-requested', 'tool-started']);
    given(calls, played(start))
      .when(approve({ digest: 'sha256:2' }))
      .thenNothing();
  });

  it('does not start again when the word is said twice, or after a no', () => {
    expect(typesOf(played(start, approve(), approve(), finish(1), approve()))).toEqual([
      'approval-requested',
      'tool-started',
      'tool-finished',
    ]);
    const past = played(start, approve({ approved: false, because: 'Not today.' }), approve());
    expect(past.at(-1)).toMatchObject({
      type: 'tool-refused',
      payload: { code: 'approval/rejected', message: expect.stringContaining('ada did not agree') },
    });
    expect(past).toHaveLength(2);
  });

  it('is refused although a person agrees where policy does not, or any more', () => {
    const past = played(start, approve({ decision: { ...yes, allow: false } }));
    expect(past.at(-1)).toMatchObject({ type: 'tool-refused', payload: { code: 'policy/denied' } });
  });

  it('is taken up again only by what started it: the bot’s own words may have been edited', () => {
    const repeat = (origin: 'request' | 'approval'): CallsCommand => ({
      ...opening,
      type: 'repeat',
      request,
      attempt: 1,
      origin,
      afterCrash: true,
    });
    const past = played(start, approve());
    given(calls, past).when(repeat('request')).thenNothing();
    expect(given(calls, past).when(repeat('approval')).next?.type).toBe('tool-in-doubt');
  });

  it('starts nothing after the session was cancelled', () => {
    const past = played(start, { type: 'close', reason: 'enough' }, approve());
    expect(past.at(-1)).toMatchObject({ type: 'tool-refused', payload: { code: 'session/cancelled' } });
  });
});

describe('a draft', () => {
  const draft: Opening = { ...opening, duties: { redact: [], conditions: [], draft: true } };
  const prepare: CallsCommand = {
    ...draft,
    offer: { ...draft.offer, effect: 'repeatable' },
    type: 'start',
    request,
    isPatient: true,
  };

  it('is kept for a person before its bot is told that it is one', () => {
    expect(typesOf(played(prepare, finish(1, true)))).toEqual(['tool-started', 'approval-requested', 'tool-finished']);
  });

  it('is told of after a crash in between', () => {
    const [started, kept] = played(prepare, finish(1, true));
    const again: CallsCommand = {
      ...draft,
      type: 'repeat',
      request,
      attempt: 0,
      origin: 'request',
      afterCrash: true,
    };
    expect(given(calls, [started, kept] as Recorded[]).when(again).next).toMatchObject({
      type: 'tool-finished',
      payload: { output: { status: 'draft' } },
    });
  });

  it('is sent once when a person agrees, as a call that must not happen twice, though time and calls are used up', () => {
    const late = approve({ ...draft, atMs: 9_000_000 });
    const past = played(prepare, finish(1, true), late);
    expect(past.at(-1)).toMatchObject({ type: 'tool-started', payload: { attempt: 2, effect: 'once' } });
    expect(
      typesOf(played(prepare, finish(1, true), late, late, finish(2), late)).filter((each) => each === 'tool-started'),
    ).toHaveLength(2);
  });

  it('is gone after a no', () => {
    const past = played(prepare, finish(1, true), approve({ ...draft, approved: false }), approve(draft));
    expect(past.at(-1)).toMatchObject({ type: 'tool-refused', payload: { code: 'approval/rejected' } });
    expect(fold(calls, past).byName.get(callName('mail-bot', 'c1'))).toEqual({ status: 'closed' });
  });
});
