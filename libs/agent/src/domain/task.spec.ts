import { fold } from '@voorman/decider';
import { specification } from '@voorman/decider/testing';
import { type Draft, type Recorded, TOOL_BUDGET_EXCEEDED } from '@voorman/envelope';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TaskStory } from '../testing/task-story.js';
import { type TaskCommand, task } from './task.js';
import type { Thought } from './thought.js';

const given = specification(expect);
const think = (thought: Thought): TaskCommand => ({ type: 'think', thought });
const fault = { code: 'x/y', message: 'No.', next: 'Stop.' };
const call = (step: string): Thought => ({ kind: 'call', step, tool: 'look', callId: `c-${step}`, arguments: {} });

const accepted: Draft = { type: 'task-accepted', target: 'journal', payload: { state: 'INTAKE', capability: 'look' } };
const planned: Draft = { type: 'steps-planned', target: 'journal', payload: { state: 'PLAN', steps: [] } };
const retrieved: Draft = { type: 'context-retrieved', target: 'journal', payload: { state: 'RETRIEVE', sources: [] } };
const requested = (step: string): Draft => ({
  type: 'tool-requested',
  target: 'tool-gateway',
  payload: { state: 'EXECUTE', call_id: `c-${step}`, tool: 'look', step, arguments: {} },
});

function executing(...more: ((story: TaskStory) => Recorded)[]): Recorded[] {
  const story = new TaskStory();
  return [
    story.requested(),
    story.own(accepted),
    story.own(planned),
    story.own(retrieved),
    ...more.map((make) => make(story)),
  ];
}

describe('a task', () => {
  it('is taken up, planned and carried out in this order, whatever its brain wishes first', () => {
    const story = new TaskStory();
    given(task, [story.requested()])
      .when(think(call('a')))
      .thenNothing();
    given(task, [story.requested()])
      .when(think({ kind: 'accept', capability: 'look' }))
      .then(accepted);
    given(task, executing())
      .when(think({ kind: 'accept', capability: 'look' }))
      .thenNothing();
    given(task, executing())
      .when(think(call('a')))
      .then(requested('a'));
  });

  it('calls a step once', () => {
    given(
      task,
      executing((story) => story.own(requested('a'))),
    )
      .when(think(call('a')))
      .thenNothing();
  });

  it('calls nothing any more once the budget was refused', () => {
    const past = executing(
      (story) => story.own(requested('a')),
      (story) =>
        story.gateway({
          type: 'tool-refused',
          target: 'sre-bot',
          payload: { ...fault, code: TOOL_BUDGET_EXCEEDED, call_id: 'c-a', tool: 'look' },
        }),
    );
    given(task, past)
      .when(think(call('b')))
      .thenNothing();
    given(task, past)
      .when(think({ kind: 'fail', fault }))
      .then({
        type: 'task-failed',
        target: 'orchestrator',
        payload: fault,
      });
  });

  it('hands out nothing that was not verified', () => {
    const answer: Thought = { kind: 'answer', answer: 'It is the pool.', evidence: [], data: {} };
    const verified = (passed: boolean) => (story: TaskStory) =>
      story.own({ type: 'result-verified', target: 'journal', payload: { state: 'VERIFY', passed, checks: [] } });
    given(task, executing()).when(think(answer)).thenNothing();
    given(task, executing(verified(false)))
      .when(think(answer))
      .thenNothing();
    expect(given(task, executing(verified(true))).when(think(answer)).next?.type).toBe('task-completed');
  });

  it('believes of the bots only the one that has it', () => {
    const evil = new TaskStory('evil-bot');
    const done: Draft = {
      type: 'task-completed',
      target: 'orchestrator',
      payload: { state: 'OUTPUT', answer: 'All is well.', evidence: [], data: {} },
    };
    expect(fold(task, [...executing(), evil.own(done)])).toMatchObject({ status: 'open', phase: 'executing' });
    expect(
      fold(
        task,
        executing((story) => story.own(done)),
      ),
    ).toMatchObject({ status: 'ended', outcome: 'completed' });
  });

  it('expires at its deadline and not a millisecond before, counted from when the log recorded it', () => {
    const past = [new TaskStory('sre-bot', 10_000).requested(2)];
    given(task, past).when({ type: 'expire', atMs: 11_999 }).thenNothing();
    expect(given(task, past).when({ type: 'expire', atMs: 12_000 }).next).toMatchObject({
      type: 'task-expired',
      target: 'sre-bot',
      payload: { accepted: false, message: 'sre-bot did not take up the task within 2 s.' },
    });
  });

  it('lets lie what became of a call that its bot did not ask for, whatever that says', () => {
    const about = { call_id: 'probe-1', tool: 'known' };
    const ends: Draft[] = [
      { type: 'tool-finished', target: 'sre-bot', payload: { ...about, attempt: 1, duration_ms: 1, output: { n: 1 } } },
      { type: 'tool-refused', target: 'sre-bot', payload: { ...about, ...fault, code: TOOL_BUDGET_EXCEEDED } },
    ];
    const before = executing((story) => story.own(requested('a')));
    for (const end of ends) {
      const past = executing(
        (story) => story.own(requested('a')),
        (story) => story.gateway(end),
      );
      expect(fold(task, past)).toEqual(fold(task, before));
      given(task, past)
        .when(think(call('b')))
        .then(requested('b'));
    }
  });

  it('lets a result end a doubt', () => {
    const past = executing(
      (story) => story.own(requested('a')),
      (story) =>
        story.gateway({
          type: 'tool-in-doubt',
          target: 'sre-bot',
          payload: { ...fault, call_id: 'c-a', tool: 'look', attempt: 1 },
        }),
      (story) =>
        story.gateway({
          type: 'tool-finished',
          target: 'sre-bot',
          payload: { call_id: 'c-a', tool: 'look', attempt: 1, duration_ms: 1, output: { n: 1 } },
        }),
    );
    expect(fold(task, past)).toMatchObject({ calls: { a: { status: 'finished', output: { n: 1 } } } });
  });

  it('ends exactly once, whatever is wished in whatever order', () => {
    const thoughts: Thought[] = [
      { kind: 'accept', capability: 'look' },
      { kind: 'plan', steps: [] },
      { kind: 'retrieve', sources: [] },
      call('a'),
      { kind: 'verify', checks: [] },
      { kind: 'answer', answer: 'done', evidence: [], data: {} },
      { kind: 'fail', fault },
    ];
    const commands = fc.array(
      fc.oneof(
        fc.constantFrom(...thoughts).map(think),
        fc.constant<TaskCommand>({ type: 'cancel', reason: 'enough' }),
        fc.integer({ min: 0, max: 100_000 }).map((atMs): TaskCommand => ({ type: 'expire', atMs })),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(commands, (given) => {
        const story = new TaskStory();
        const past = [story.requested()];
        for (const command of given) {
          const next = task.decide(command as never, fold(task, past) as never);
          if (next) past.push(story.own(next));
        }
        const ends = past.filter((record) => /^task-(completed|failed|expired|cancelled)$/.test(record.type));
        expect(ends.length).toBeLessThan(2);
        if (ends.length === 1) expect(past.at(-1)).toBe(ends[0]);
      }),
    );
  });
});
