import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStory, type Story } from './story.js';
import { BOTS, Yard } from './yard.js';

const SESSIONS = 100;
/** Long enough that the killing is over before a session runs out of time. */
const TTL_SECONDS = 120;
const VICTIMS = [
  'orchestrator',
  'tool-gateway',
  ...BOTS,
  'nats',
  'policy',
  'orchestrator',
  'tool-gateway',
  ...BOTS,
  'nats',
];

/** A goal with a plan of two bots, or a task straight to one of them. */
const question = (number: number) =>
  number % 2 === 0
    ? { target: BOTS[number % 4 === 0 ? 0 : 1], session: `direct-${number}`, ttlSeconds: TTL_SECONDS }
    : {
        target: 'orchestrator',
        session: `goal-${number}`,
        ttlSeconds: TTL_SECONDS,
        payload: {
          goal: 'Note and pay.',
          plan: {
            steps: BOTS.map((agent, index) => ({
              id: agent,
              agent,
              capability: `${agent}-work`,
              depends_on: index === 0 ? [] : [BOTS[0]],
              input: {},
            })),
          },
        },
      };

describe('a stack whose every part is killed while 100 sessions are in flight', () => {
  let yard: Yard;
  let story: Story;
  const recoveries: { readonly victim: string; readonly startMs: number; readonly workMs: number }[] = [];

  beforeAll(async () => {
    yard = await Yard.open();
    let open = true;
    // Sessions begin over the whole time of the killing, not all before it.
    const answers = Promise.all(
      Array.from({ length: SESSIONS }, async (_, number) => {
        await wait(number * 150);
        return yard.publisher.ask(question(number));
      }),
    ).finally(() => {
      open = false;
    });
    for (const victim of VICTIMS) {
      await wait(200 + Math.random() * 800);
      if (!open) break;
      const startMs = victim === 'nats' ? await yard.crashServer() : await yard.crash(victim);
      const workMs = victim === 'policy' ? 0 : await yard.untilWorkGoesOn(victim === 'nats' ? '*' : victim);
      recoveries.push({ victim, startMs: Math.round(startMs), workMs: Math.round(workMs) });
    }
    await answers;
    story = await readStory(yard.operator.log, 'pay');
    const report = { outcomes: story.outcomes, records: story.records.length, recoveries };
    await mkdir(new URL('../reports/', import.meta.url), { recursive: true });
    await writeFile(new URL('../reports/crash.json', import.meta.url), JSON.stringify(report, null, 2));
  }, 240_000);

  afterAll(() => yard?.close(), 60_000);

  it('loses nothing: every session gets its answer', () => {
    expect(story.answers.size).toBe(SESSIONS);
    expect(story.openTasks).toEqual([]);
  });

  it('ends every session and every task exactly once', () => {
    expect([...story.answers].filter(([, count]) => count !== 1)).toEqual([]);
    expect([...story.ends].filter(([, count]) => count !== 1)).toEqual([]);
  });

  it('runs no once-only call twice: the service behind it saw each key at most once', () => {
    const paid = yard.witness.received.get('/pay') ?? new Map<string, number>();
    expect([...paid].filter(([, count]) => count > 1)).toEqual([]);
    for (const key of paid.keys()) expect(story.onceCalls.get(key)?.[0]).toBe('tool-started');
  });

  it('settles every once-only call that was begun, or puts it in doubt', () => {
    expect([...story.onceCalls].filter(([, records]) => records.length < 2)).toEqual([]);
  });

  it('completes what could be completed: only a payment in doubt may fail a session', () => {
    const doubts = [...story.onceCalls.values()].filter((records) => records.includes('tool-in-doubt')).length;
    const { completed = 0, failed = 0, ...others } = story.outcomes;
    expect(others).toEqual({});
    expect(failed).toBeLessThanOrEqual(doubts);
    expect(completed).toBeGreaterThanOrEqual(SESSIONS - doubts);
  });

  it('was really killed: every part at least once', () => {
    expect(new Set(recoveries.map(({ victim }) => victim))).toEqual(new Set(VICTIMS));
  });
});

describe('a bot that is down', () => {
  it('has its task expired within two seconds of its time, and the user is told', async () => {
    const yard = await Yard.open(['alpha']);
    try {
      const began = Date.now();
      const answer = await yard.publisher.ask({ target: 'alpha', session: 'down', ttlSeconds: 2 });
      expect(Date.now() - began).toBeGreaterThanOrEqual(2_000);
      expect(Date.now() - began).toBeLessThan(4_000);
      expect(answer).toMatchObject({ outcome: 'expired', tasks: [{ agent: 'alpha', outcome: 'expired' }] });
      expect(answer.answer).toContain('alpha did not take up the task within 2 s.');
    } finally {
      await yard.close();
    }
  }, 60_000);
});

describe('a service that is told to stop', () => {
  it('finishes or hands back its work, and ends with code 0 within its grace', async () => {
    const yard = await Yard.open();
    try {
      const answers = Promise.all(
        Array.from({ length: 10 }, (_, number) =>
          yard.publisher.ask({ target: 'alpha', session: `stop-${number}`, ttlSeconds: 60 }),
        ),
      );
      await wait(150);
      for (const name of ['tool-gateway', 'alpha']) {
        expect(await yard.stopService(name)).toBe(0);
        await yard.startService(name);
      }
      expect((await answers).map((answer) => answer.outcome)).toEqual(Array.from({ length: 10 }, () => 'completed'));
    } finally {
      await yard.close();
    }
  }, 90_000);
});
