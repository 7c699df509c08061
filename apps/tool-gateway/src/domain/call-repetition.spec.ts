import { fold } from '@voorman/decider';
import { specification } from '@voorman/decider/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { no, offer, opening, repeat, request, start, startedCall, yes } from '../testing/paying.js';
import { played, recorded, typesOf } from '../testing/played.js';
import { callsOfTool } from './budget.js';
import type { CallsCommand } from './call-command.js';
import { calls } from './calls.js';

const given = specification(expect);

describe('a tool call that began', () => {
  it('does not use up the budget by being repeated', () => {
    const past = [startedCall('read', 1), startedCall('read', 2), startedCall('read', 3)];
    expect(callsOfTool(fold(calls, past).use, 'pay')).toBe(1);
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
});
