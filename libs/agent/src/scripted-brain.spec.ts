import { fold } from '@voorman/decider';
import { type Draft, type Recorded, TOOL_BUDGET_EXCEEDED } from '@voorman/envelope';
import { Graph } from '@voorman/workflow';
import { describe, expect, it } from 'vitest';
import { task } from './domain/task.js';
import type { OpenTask } from './domain/task-state.js';
import { ScriptedBrain } from './scripted-brain.js';
import { TaskStory } from './testing/task-story.js';

const look = Graph.parse({
  steps: [
    { id: 'find', tool: 'search', args: { query: '{{ task.goal }}' } },
    { id: 'read', tool: 'fetch', args: { url: '{{ steps.find.url }}' }, depends_on: ['find'] },
  ],
  verify: [{ id: 'check', tool: 'prove', args: { text: '{{ steps.read.text }}' }, expect: '{{ steps.check.ok }}' }],
  output: {
    answer: '{{ steps.read.text }}',
    evidence: '{{ steps.read.lines? }}',
    data: { from: '{{ steps.find.url }}' },
  },
});
const brain = new ScriptedBrain({ agent: 'sre-bot', skills: { look } });

/** Plays the brain against the decider; `world` answers every call at once. */
function play(payload: Record<string, unknown>, world: (tool: string) => Draft['payload']): Recorded[] {
  const story = new TaskStory();
  const past = [story.requested(60, payload)];
  for (let turns = 0; turns < 50; turns += 1) {
    const state = fold(task, past);
    if (state.status !== 'open') return past;
    const next = task.decide({ type: 'think', thought: brain.think(state as OpenTask, 't1') } as never, state as never);
    if (!next) return past;
    past.push(story.own(next));
    if (next.type !== 'tool-requested') continue;
    const { call_id, tool } = next.payload;
    const answer = { call_id, tool, attempt: 1, duration_ms: 1, ...world(tool) };
    past.push(story.gateway({ type: 'tool-finished', target: 'sre-bot', payload: answer }));
  }
  return past;
}

/** A task whose bot is about to call its tools, or has called some. */
function thinking(calls: OpenTask['calls'] = {}): OpenTask {
  const story = new TaskStory();
  const drafts: Draft[] = [
    { type: 'task-accepted', target: 'journal', payload: { state: 'INTAKE', capability: 'look' } },
    { type: 'steps-planned', target: 'journal', payload: { state: 'PLAN', steps: [] } },
    { type: 'context-retrieved', target: 'journal', payload: { state: 'RETRIEVE', sources: [] } },
  ];
  const state = fold(task, [story.requested(60, { goal: 'why' }), ...drafts.map((draft) => story.own(draft))]);
  return { ...(state as OpenTask), calls };
}

const answers = (tool: string) =>
  ({ search: { output: { url: 'u' } }, fetch: { output: { text: 'found' } }, prove: { output: { ok: true } } })[tool] ??
  {};

describe('a scripted brain', () => {
  it('goes through every state to an answer that was checked', () => {
    const past = play({ goal: 'why' }, answers as never);
    expect(past.map((record) => record.type).filter((type) => type !== 'tool-finished')).toEqual([
      'task-requested',
      'task-accepted',
      'steps-planned',
      'context-retrieved',
      'tool-requested',
      'tool-requested',
      'tool-requested',
      'result-verified',
      'task-completed',
    ]);
    expect(past.at(-1)).toMatchObject({ payload: { answer: 'found', data: { from: 'u' }, evidence: [] } });
  });

  it('fails in plain words when the task lacks what its script quotes', () => {
    expect(play({}, answers as never).at(-1)).toMatchObject({
      type: 'task-failed',
      payload: { code: 'agent/missing-input', message: 'sre-bot cannot go on: the task says nothing about goal.' },
    });
  });

  it('does not take a task for something it cannot do', () => {
    expect(play({ goal: 'why', action: 'dance' }, answers as never).at(-1)).toMatchObject({
      type: 'task-failed',
      payload: { code: 'agent/unknown-capability', next: expect.stringContaining('look') },
    });
  });

  it('hands out nothing that its check does not confirm', () => {
    const lying = (tool: string) => (tool === 'prove' ? { output: { ok: false } } : answers(tool));
    expect(play({ goal: 'why' }, lying as never).at(-1)).toMatchObject({
      type: 'task-failed',
      payload: { code: 'agent/not-verified' },
    });
  });

  it('ends the task with the fault of a call that failed', () => {
    const fault = { code: 'tool/failed', message: 'No such page.', next: 'Look elsewhere.' };
    const broken = (tool: string) => (tool === 'fetch' ? { fault } : answers(tool));
    expect(play({ goal: 'why' }, broken as never).at(-1)).toMatchObject({ type: 'task-failed', payload: fault });
  });

  it('cuts an answer that is longer than a record holds', () => {
    const long = (tool: string) => (tool === 'fetch' ? { output: { text: 'x'.repeat(32_001) } } : answers(tool));
    const end = play({ goal: 'why' }, long as never).at(-1);
    expect(end?.type).toBe('task-completed');
    expect(end?.payload).toMatchObject({ answer: `${'x'.repeat(31_999)}…` });
  });

  it('cuts a fault that its own words make longer than a record holds', () => {
    const fault = { code: TOOL_BUDGET_EXCEEDED, message: 'x'.repeat(4_000), next: 'Stop.' };
    const state = thinking({ find: { status: 'refused', callId: 'c1', fault } });
    expect(brain.think(state, 't1')).toEqual({
      kind: 'fail',
      fault: { ...fault, message: `${'x'.repeat(3_999)}…` },
    });
  });

  it('shares no key with another bot, whatever both do', () => {
    const other = new ScriptedBrain({ agent: 'other-bot', skills: { look } });
    expect(other.think(thinking(), 't1')).not.toEqual(brain.think(thinking(), 't1'));
  });

  it('gives the same call the same key every time it thinks', () => {
    expect(brain.think(thinking(), 't1')).toEqual(brain.think(thinking(), 't1'));
    expect(brain.think(thinking(), 't1')).not.toEqual(brain.think(thinking(), 't2'));
  });
});
