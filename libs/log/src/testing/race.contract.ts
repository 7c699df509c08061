import { randomUUID } from 'node:crypto';
import type { Decider } from '@voorman/decider';
import { type Draft, type Recorded, taskBoundary } from '@voorman/envelope';
import { expect, it } from 'vitest';
import { Decisions, readAll } from '../decisions.js';
import type { Log } from '../log.js';
import type { ContractCase } from './contract-case.js';
import { eventually } from './harness.js';
import { fresh, note, sample, TENANT, textOf } from './samples.js';

interface Race {
  /** Rounds that have been won so far. */
  readonly won: number;
}
interface Claim {
  readonly round: number;
  readonly by: number;
}

/** Claims a round that nobody has won yet. */
const race: Decider<Race, Claim, Draft, Recorded> = {
  initial: { won: 0 },
  decide: (claim, state) => (state.won === claim.round ? note(`${claim.round} by ${claim.by}`) : undefined),
  evolve: (state) => ({ won: state.won + 1 }),
};

interface Wait {
  readonly results: number;
  readonly goneOn: boolean;
}

/** Goes on once two results are there. */
const wait: Decider<Wait, 'go-on', Draft, Recorded> = {
  initial: { results: 0, goneOn: false },
  decide: (_command, state) => (state.results === 2 && !state.goneOn ? note('gone on') : undefined),
  evolve: (state, record) =>
    textOf(record as Recorded) === 'gone on' ? { ...state, goneOn: true } : { ...state, results: state.results + 1 },
};

interface Question {
  readonly asked: boolean;
  readonly answers: number;
  readonly closed: boolean;
}

/** Asks; closes once the answer is there. */
const question: Decider<Question, 'go-on', Draft, Recorded> = {
  initial: { asked: false, answers: 0, closed: false },
  decide(_command, state) {
    if (!state.asked) return note('asked');
    return state.answers > 0 && !state.closed ? note('closed') : undefined;
  },
  evolve(state, record) {
    const text = textOf(record as Recorded);
    if (text === 'asked') return { ...state, asked: true };
    return text === 'closed' ? { ...state, closed: true } : { ...state, answers: state.answers + 1 };
  },
};

const ids = { next: () => randomUUID() };

/** What holds when several decide about one boundary at once. */
export function raceContract({ connected, clock, options }: ContractCase): void {
  const decider = <State extends object, Command>(log: Log, of: Decider<State, Command, Draft, Recorded>) =>
    new Decisions(log, of, clock(), ids);
  const seal = (session: string) => ({ source: 'racer', tenant: TENANT, session, task: 'task-1', ttlSeconds: 60 });

  const rounds = options.rounds ?? 1_000;
  it(`lets exactly one of 64 deciders win each of ${rounds} rounds on one boundary`, { timeout: 300_000 }, async () => {
    const connections = await Promise.all([1, 2, 3, 4].map(() => connected('racer')));
    const racers = connections.flatMap(({ log }) => Array.from({ length: 16 }, () => decider(log, race)));
    const session = fresh('race');
    const boundary = taskBoundary(TENANT, session, 'task-1');
    for (let round = 0; round < rounds; round += 1) {
      const answers = await Promise.all(
        racers.map((racer, by) => racer.decide({ boundary, command: () => ({ round, by }), seal: seal(session) })),
      );
      const winners = answers.flatMap((answer, by) => answer.appended.map((record) => ({ text: textOf(record), by })));
      expect(winners).toEqual([{ text: `${round} by ${winners[0]?.by}`, by: winners[0]?.by }]);
      expect(new Set(answers.map((answer) => answer.state.won))).toEqual(new Set([round + 1]));
    }
    const story = await readAll((await connected('reader')).log, boundary);
    expect(story).toHaveLength(rounds);
  });

  it('goes on when each of two replicas saw one of two results', async () => {
    const [first, second, gateway] = await Promise.all([connected('racer'), connected('racer'), connected('writer')]);
    for (let round = 0; round < 30; round += 1) {
      const session = fresh('two-results');
      const boundary = taskBoundary(TENANT, session, 'task-1');
      const replicas = [decider(first.log, wait), decider(second.log, wait)];
      const request = { boundary, command: () => 'go-on' as const, seal: seal(session) };
      // Both replicas remember the empty boundary; then each is woken by one result while the other is on its way.
      await Promise.all(replicas.map((replica) => replica.decide(request)));
      const woken = replicas.map(async (replica, index) => {
        const wokenAt = await gateway.log.append(sample({ source: 'writer', session, text: `result ${index}` }));
        return replica.decide(round % 2 === 0 ? request : { ...request, wokenAt });
      });
      const answers = await Promise.all(woken);
      expect(answers.flatMap((answer) => answer.appended)).toHaveLength(1);
      const story = await eventually(clock(), 'going on', async () => {
        const records = await readAll(gateway.log, boundary);
        return records.length === 3 && records;
      });
      expect(textOf(story[2] as Recorded)).toBe('gone on');
    }
  });

  it('sees a fact that was in flight while it decided', async () => {
    const [bot, gateway] = await Promise.all([connected('racer'), connected('writer')]);
    for (let round = 0; round < 100; round += 1) {
      const session = fresh('in-flight');
      const boundary = taskBoundary(TENANT, session, 'task-1');
      const replica = decider(bot.log, question);
      const request = { boundary, command: () => 'go-on' as const, seal: seal(session) };
      // The answer of an earlier asking comes just while the bot asks: neither waits for the other.
      const [wokenAt] = await Promise.all([
        gateway.log.append(sample({ source: 'writer', session, text: 'answer' })),
        replica.decide(request),
      ]);
      const { state } = await replica.decide({ ...request, wokenAt });
      expect({ round, state }).toEqual({ round, state: { asked: true, answers: 1, closed: true } });
    }
  });
}
