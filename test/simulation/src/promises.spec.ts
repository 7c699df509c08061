import { type Decision, type Draft, idempotencyKey, type Recorded, sealDraft } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { brokenPromises, type Story } from './promises.js';

const allowed: Decision = { action: 'task_delegate', allow: true, reasons: [], bundle: 'b', latency_us: 1 };
const fault = { code: 'x/y', message: 'It broke.', next: 'Mend it.' };

const requested = (target: string, step?: string, decision = allowed): Draft => ({
  type: 'task-requested',
  target,
  payload: { delegation: { on_behalf_of: 'cli', root_task_id: 'root', decision, ...(step ? { step } : {}) } },
});
const answer: Draft = {
  type: 'answer-given',
  target: 'cli',
  payload: { outcome: 'completed', answer: 'Done.', evidence: [], tasks: [] },
};
const completed: Draft = {
  type: 'task-completed',
  target: 'orchestrator',
  payload: { state: 'OUTPUT', answer: 'Done.', evidence: [] },
};
const started = (callId: string, attempt = 1, decision = allowed): Draft => ({
  type: 'tool-started',
  target: 'journal',
  payload: {
    call_id: callId,
    agent: 'a-bot',
    tool: 'pay',
    version: '1.0.0',
    effect: 'once',
    attempt,
    max_attempts: 1,
    cost_usd: 0,
    decision,
  },
});
const finished = (callId: string): Draft => ({
  type: 'tool-finished',
  target: 'a-bot',
  payload: { call_id: callId, tool: 'pay', attempt: 1, duration_ms: 1, output: {} },
});

/** Sentences about what a story breaks: records of [task, draft], one virtual second after another. */
function broken(drafts: readonly (readonly [string, Draft])[], more: Partial<Story> = {}): string[] {
  const records = drafts.map(([task, draft], index) => {
    const seal = { source: 'orchestrator', tenant: 'default', session: 's', task, ttlSeconds: 60 };
    const envelope = sealDraft(draft, { ...seal, id: `r${index}`, atMs: index * 1_000 });
    return { ...envelope, position: index + 1, recordedAtMs: index * 1_000 } as Recorded;
  });
  const story: Story = {
    records,
    atRest: true,
    effects: [],
    budget: () => 2,
    isOnceOnly: () => true,
    forbidden: () => false,
    mayExpire: () => false,
    ...more,
  };
  return brokenPromises(story).map(({ promise, sentence }) => `${promise} ${sentence}`);
}

const goal = [
  ['root', requested('orchestrator')],
  ['child', requested('a-bot', 'one')],
  ['child', completed],
  ['root', answer],
] as const;

describe('the promises', () => {
  it('are kept by a goal that was delegated, completed and answered', () => {
    expect(broken(goal)).toEqual([]);
  });

  it.for([
    ['a task without an outcome', [goal[0], goal[1], goal[3]], /^1 Task default\.s\.child ended in nothing/],
    [
      'a task with two outcomes',
      [...goal, ['child', { type: 'task-failed', target: 'orchestrator', payload: fault }]],
      /^1 Task .* ended in task-completed, task-failed/,
    ],
    ['a goal without an answer', goal.slice(0, 3), /^1 default\.s\.root was answered 0 times/],
    ['a goal with two answers', [...goal, ['root', answer]], /^1 default\.s\.root was answered 2 times/],
    [
      'an expiry that nothing explains',
      [
        goal[0],
        goal[1],
        [
          'child',
          { type: 'task-expired', target: 'a-bot', payload: { ttl_seconds: 60, accepted: true, message: 'Late.' } },
        ],
        goal[3],
      ],
      /^1 Task .* expired although/,
    ],
    ['a started call without an end', [...goal, ['child', started('c1')]], /^1 Call c1 was started and never heard/],
    [
      'a call that is started twice',
      [...goal, ['child', started('c1')], ['child', started('c1')], ['child', finished('c1')]],
      /^2 The same attempt of call c1/,
    ],
    [
      'a task that policy did not allow',
      [goal[0], ['child', requested('a-bot', 'one', { ...allowed, allow: false })], goal[2], goal[3]],
      /^3 The task for a-bot has no decision/,
    ],
    [
      'a call over the budget',
      [
        ...goal,
        ...['c1', 'c2', 'c3'].flatMap((id) => [['child', started(id)] as const, ['child', finished(id)] as const]),
      ],
      /^4 3 calls of pay began where 2 are allowed/,
    ],
  ] as [string, (readonly [string, Draft])[], RegExp][])('are broken by %s', ([, drafts, sentence]) => {
    const found = broken(drafts);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(sentence);
  });

  it('are broken by an effect that is repeated, or comes before its record', () => {
    const calls = [...goal, ['child', started('c1')], ['child', finished('c1')]] as const;
    const key = idempotencyKey({ tenant: 'default', session: 's', bot: 'a-bot', callId: 'c1' });
    const effect = (atMs: number) => ({ key, attempt: 1, atMs });
    expect(broken(calls, { effects: [effect(5_000)] })).toEqual([]);
    expect(broken(calls, { effects: [effect(5_000), effect(6_000)] })[0]).toMatch(
      /^2 The effect of call c1 happened 2/,
    );
    expect(broken(calls, { effects: [effect(3_000)] })[0]).toMatch(/^2 Attempt 1 of call c1 took effect before/);
  });

  it('are broken by a run that does not come to rest, and by a message that nothing tells of', () => {
    expect(broken(goal, { atRest: false })[0]).toMatch(/^1 The run did not come to rest/);
    expect(broken(goal, { messages: 2 })[0]).toMatch(/^1 2 messages came in, and 1 records tell/);
  });
});
