import { fold } from '@voorman/decider';
import { type Decision, type Draft, type PlanStep, type Recorded, sealDraft } from '@voorman/envelope';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Settlement } from './root.js';
import { type SessionCommand, session } from './session.js';
import type { Session } from './session-state.js';

const decision: Decision = { action: 'task_delegate', allow: true, reasons: [], bundle: 'r', latency_us: 1 };
const step = (id: string, more: Partial<PlanStep> = {}): PlanStep => ({
  id,
  task_id: `task-${id}`,
  agent: `${id}-bot`,
  capability: id,
  depends_on: [],
  attachments: [],
  input: {},
  decision,
  ...more,
});
const completed = (answer: string, data = {}): Settlement => ({ outcome: 'completed', answer, evidence: [], data });
const failed: Settlement = {
  outcome: 'failed',
  answer: '',
  evidence: [],
  fault: { code: 'x/y', message: 'It broke.', next: 'Mend it.' },
};

/** A session played command by command, as the handler does it. */
class Play {
  readonly past: Recorded[] = [];

  constructor(kind: 'goal' | 'direct' = 'goal', ttlSeconds = 100) {
    this.add(
      {
        type: 'task-requested',
        target: kind === 'goal' ? 'orchestrator' : 'a-bot',
        payload: { goal: 'Why?', delegation: { on_behalf_of: 'cli', root_task_id: 'root', decision } },
      },
      ttlSeconds,
    );
  }

  add(draft: Draft, ttlSeconds = 100): void {
    const position = this.past.length + 1;
    const seal = { source: 'orchestrator', tenant: 'default', session: 's', task: 'root', ttlSeconds, atMs: 0 };
    this.past.push({ ...sealDraft(draft, { ...seal, id: `r${position}` }), position, recordedAtMs: 0 } as Recorded);
  }

  get state(): Session {
    return fold(session, this.past);
  }

  /** Types of the records that this command leads to, until quiet. */
  put(command: SessionCommand): string[] {
    const before = this.past.length;
    for (;;) {
      const next = session.decide(command as never, this.state as never);
      if (!next) return this.past.slice(before).map((record) => record.type);
      this.add(next);
    }
  }

  plan(...steps: PlanStep[]): string[] {
    return this.put({ type: 'plan', root: 'root', proposal: { reason: 'r', steps, refused: [] }, atMs: 1_000 });
  }

  settle(id: string, settlement: Settlement, replacement?: PlanStep): string[] {
    return this.put({
      type: 'settle',
      taskId: `task-${id}`,
      settlement,
      atMs: 2_000,
      ...(replacement ? { replacement: { reason: 'again', steps: [replacement], refused: [] } } : {}),
    });
  }

  get answer() {
    const last = this.past.findLast((record) => record.type === 'answer-given');
    return last?.type === 'answer-given' ? last.payload : undefined;
  }
}

describe('a session', () => {
  it('plans, delegates what is ready, then what waited for it, and answers', () => {
    const play = new Play();
    expect(play.plan(step('a'), step('b', { depends_on: ['a'], input: { hint: '{{ steps.a.clue? }}' } }))).toEqual([
      'plan-made',
      'task-requested',
    ]);
    expect(play.settle('a', completed('found', { clue: 'pool' }))).toEqual(['step-settled', 'task-requested']);
    expect(play.past.at(-1)).toMatchObject({ target_agent: 'b-bot', task_id: 'task-b', payload: { hint: 'pool' } });
    expect(play.settle('b', completed('it leaks'))).toEqual(['step-settled', 'answer-given']);
    expect(play.answer).toMatchObject({
      outcome: 'completed',
      answer: 'a-bot (a): found\n\nb-bot (b): it leaks',
      tasks: [
        { task_id: 'task-a', agent: 'a-bot', outcome: 'completed' },
        { task_id: 'task-b', agent: 'b-bot', outcome: 'completed' },
      ],
    });
  });

  it('believes about a task only the bot that has it', () => {
    const play = new Play();
    play.plan(step('a'));
    const forged: SessionCommand = {
      type: 'settle',
      taskId: 'task-a',
      agent: 'evil-bot',
      settlement: completed('all is well'),
      atMs: 2_000,
    };
    expect(play.put(forged)).toEqual([]);
    expect(play.put({ ...forged, agent: 'a-bot' })).toEqual(['step-settled', 'answer-given']);
  });

  it('keeps its answer small enough to travel inside the record', () => {
    const play = new Play();
    play.plan(step('a'));
    const evidence = Array.from({ length: 500 }, (_, n) => ({ source: 'a.log', line: n + 1, text: 'x'.repeat(400) }));
    play.settle('a', { ...completed('y'.repeat(32_000)), evidence });
    const answer = play.answer;
    expect(JSON.stringify(answer).length).toBeLessThan(60_000);
    expect(answer?.evidence.length).toBeGreaterThan(50);
  });

  it('leaves out of a delegated task what an earlier step did not find', () => {
    const play = new Play();
    play.plan(step('a'), step('b', { depends_on: ['a'], input: { hint: '{{ steps.a.nope }}' } }));
    expect(play.settle('a', completed('found'))).toEqual(['step-settled', 'task-requested']);
    expect(play.past.at(-1)?.payload).not.toHaveProperty('hint');
  });

  it('gives a child less time than its parent has left', () => {
    const play = new Play('goal', 10);
    play.plan(step('a'));
    expect(play.past.at(-1)?.ttl_seconds).toBe(8);
  });

  it('replans once around a failed step, then escalates in plain words with what was found', () => {
    const play = new Play();
    play.plan(step('a'), step('b'));
    play.settle('b', completed('half of it'));
    const other = step('a', { agent: 'other-bot', task_id: 'task-a2' });
    expect(play.settle('a', failed, other)).toEqual(['step-settled', 'plan-made', 'task-requested']);
    expect(play.settle('a2', failed, step('a', { task_id: 'task-a3' }))).toEqual(['step-settled', 'answer-given']);
    expect(play.answer).toMatchObject({ outcome: 'failed', fault: { code: 'x/y' } });
    expect(play.answer?.answer).toBe('It broke. Mend it.\n\nhalf of it');
    expect(play.answer?.tasks.map((task) => task.agent)).toEqual(['a-bot', 'b-bot', 'other-bot']);
  });

  it('does not wait for steps that hang on a failed one', () => {
    const play = new Play();
    play.plan(step('a'), step('b', { depends_on: ['a'] }));
    expect(play.settle('a', failed)).toEqual(['step-settled', 'answer-given']);
    expect(play.answer?.tasks).toHaveLength(1);
  });

  it('answers a task that went straight to a bot with what the bot says', () => {
    const play = new Play('direct');
    expect(play.put({ type: 'settle', taskId: 'root', settlement: completed('done'), atMs: 1 })).toEqual([
      'answer-given',
    ]);
    expect(play.answer).toMatchObject({ outcome: 'completed', answer: 'done' });
  });

  it('delegates nothing more once it is cancelled, and says so once', () => {
    const play = new Play();
    play.plan(step('a'), step('b', { depends_on: ['a'] }));
    expect(play.put({ type: 'cancel', root: 'root', reason: 'enough' })).toEqual(['session-cancelled']);
    expect(play.settle('a', completed('too late'))).toEqual(['step-settled']);
    const end: SessionCommand = { type: 'end', root: 'root', outcome: 'cancelled', reason: 'enough' };
    expect(play.put(end)).toEqual(['answer-given']);
    expect(play.put(end)).toEqual([]);
    expect(play.answer?.outcome).toBe('cancelled');
  });

  it('delegates nothing after its deadline', () => {
    const play = new Play('goal', 1);
    expect(play.plan(step('a'))).toEqual(['plan-made']);
  });

  it('notes how a step ended even after the answer, so that nothing watches its deadline any more', () => {
    const play = new Play();
    play.plan(step('a'));
    play.put({ type: 'end', root: 'root', outcome: 'expired', reason: 'too late' });
    expect(play.settle('a', failed)).toEqual(['step-settled']);
    expect(play.settle('a', failed)).toEqual([]);
    const direct = new Play('direct');
    direct.put({ type: 'settle', taskId: 'root', settlement: completed('done'), atMs: 2_000 });
    for (const { state } of [play, direct]) {
      expect(state.roots.get('root')?.steps.every((each) => each.settlement)).toBe(true);
    }
  });

  it('answers exactly once, whatever comes in whatever order', () => {
    const commands = fc.array(
      fc.oneof(
        fc.constant<SessionCommand>({
          type: 'plan',
          root: 'root',
          proposal: { reason: '', steps: [step('a'), step('b', { depends_on: ['a'] })], refused: [] },
          atMs: 1_000,
        }),
        fc.record({
          type: fc.constant('settle' as const),
          taskId: fc.constantFrom('task-a', 'task-b', 'task-a2', 'stranger'),
          settlement: fc.constantFrom(completed('x'), failed),
          atMs: fc.constantFrom(2_000, 200_000),
          replacement: fc.constant({ reason: '', steps: [step('a', { task_id: 'task-a2' })], refused: [] }),
        }),
        fc.constant<SessionCommand>({ type: 'cancel', root: 'root', reason: 'x' }),
        fc.constantFrom<SessionCommand>(
          { type: 'end', root: 'root', outcome: 'cancelled', reason: 'x' },
          { type: 'end', root: 'root', outcome: 'expired', reason: 'x' },
        ),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(commands, (sequence) => {
        const play = new Play();
        for (const command of sequence) play.put(command);
        const answers = play.past.filter((record) => record.type === 'answer-given');
        expect(answers.length).toBeLessThan(2);
        if (answers.length === 1) expect(play.past.at(-1)?.type).not.toBe('task-requested');
      }),
    );
  });
});
