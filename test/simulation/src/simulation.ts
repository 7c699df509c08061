import { BOTS } from './cast.js';
import { brokenPromises, type Violation } from './promises.js';
import { differences } from './replay.js';
import { callsReplayer } from './replayers/calls.js';
import { endpointsReplayer } from './replayers/endpoints.js';
import { sessionReplayer } from './replayers/session.js';
import { taskReplayer } from './replayers/task.js';
import type { Sabotage } from './sabotage.js';
import { scenarioOf } from './scenario.js';
import { perform, type Run } from './stage.js';

export interface SimulationOptions {
  readonly first: number;
  readonly count: number;
  /** What is broken on purpose. Default: nothing. */
  readonly sabotage?: Sabotage;
  /** Called about once a second with the number of seeds played so far. */
  readonly progress?: (done: number) => void;
}

export interface SimulationReport {
  readonly first: number;
  readonly seeds: number;
  readonly records: number;
  readonly events: number;
  readonly crashes: number;
  readonly virtual_hours: number;
  readonly seconds: number;
  readonly failures: readonly { readonly seed: number; readonly violations: readonly Violation[] }[];
}

/** Plays one seed and returns what it broke. */
export async function playSeed(
  seed: number,
  sabotage?: Sabotage,
): Promise<{ readonly run: Run; readonly violations: readonly Violation[] }> {
  const { play, effects, outside, judge } = scenarioOf(seed, sabotage);
  const run = await perform(play);
  const violations = [
    ...brokenPromises(judge(run, effects, outside)),
    ...differences(run.records, [endpointsReplayer, taskReplayer(BOTS), sessionReplayer(run.records), callsReplayer]),
    ...run.faults.map(
      (fault): Violation => ({ promise: 1, sentence: `Something failed outside of any record: ${String(fault)}` }),
    ),
  ];
  return { run, violations };
}

/** Plays seeds one after another. */
export async function simulate({ first, count, sabotage, progress }: SimulationOptions): Promise<SimulationReport> {
  const startedMs = performance.now();
  let toldMs = startedMs;
  const failures: { seed: number; violations: readonly Violation[] }[] = [];
  const sum = { records: 0, events: 0, crashes: 0, elapsedMs: 0 };
  for (let seed = first; seed < first + count; seed += 1) {
    const { run, violations } = await playSeed(seed, sabotage);
    sum.records += run.records.length;
    sum.events += run.events;
    sum.crashes += run.crashes;
    sum.elapsedMs += run.elapsedMs;
    if (violations.length > 0) failures.push({ seed, violations });
    if (progress && performance.now() - toldMs > 1_000) {
      toldMs = performance.now();
      progress(seed - first + 1);
    }
  }
  const { elapsedMs, ...sums } = sum;
  return {
    first,
    seeds: count,
    ...sums,
    virtual_hours: Math.round(elapsedMs / 360_000) / 10,
    seconds: Math.round(performance.now() - startedMs) / 1_000,
    failures,
  };
}
