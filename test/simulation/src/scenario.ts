import type { MemoryStore } from '@voorman/log/memory';
import { BOTS, budgetOf, isOnceOnly } from './cast.js';
import { climateOf } from './climate.js';
import { isForbidden } from './law.js';
import { type Outside, outsideOf, PUBLISHERS } from './outside.js';
import type { ProcessPlan } from './process.js';
import type { SimulatedEffect, Story } from './promises.js';
import { Random } from './random.js';
import type { Sabotage } from './sabotage.js';
import { startBot, startGateway, startOrchestrator, startPublisher } from './services.js';
import type { Play, Run } from './stage.js';

/** Everything breaks in this first part of a run. Virtual milliseconds. */
const STORM_MS = 60_000;
/** Publishers send within this part. Virtual milliseconds. */
const BUSY_MS = 30_000;
/** The longest task lives 600 s, and is told about a little later. Virtual milliseconds. */
const LIMIT_MS = 900_000;

export interface Scenario {
  readonly play: Play;
  readonly effects: readonly SimulatedEffect[];
  readonly outside: Outside;
  readonly judge: (run: Run, effects: readonly SimulatedEffect[], outside: Outside) => Story;
}

/** Which services, goals, tools and faults a seed stands for. @param sabotage what is broken on purpose besides. */
export function scenarioOf(seed: number, sabotage?: Sabotage): Scenario {
  const random = new Random(seed, 1);
  const effects: SimulatedEffect[] = [];
  const outside = outsideOf(random, BUSY_MS);
  const replicas = (name: string, most: number, start: ProcessPlan['start']): ProcessPlan[] =>
    Array.from({ length: random.between(1, most) }, (_, replica) => ({ name, replica, start }));
  const play: Play = {
    seed,
    processes: [
      ...replicas('orchestrator', 2, startOrchestrator(sabotage)),
      ...replicas('tool-gateway', 3, startGateway(effects, sabotage)),
      ...BOTS.flatMap((bot) => replicas(bot.name, 2, startBot(bot, sabotage))),
      ...PUBLISHERS.map((name): ProcessPlan => ({ name, replica: 0, start: startPublisher })),
    ],
    climate: climateOf(random),
    cluster: random.chance(0.5),
    crashes: random.chance(0.8) ? random.fraction() * 0.04 : 0,
    calmFromMs: STORM_MS,
    limitMs: LIMIT_MS,
    outside: (store: MemoryStore, world) => outside.sent(store, world),
  };
  return { play, effects, outside, judge };
}

const judge: Scenario['judge'] = ({ records, atRest }, effects, { restless, messages }) => ({
  records,
  atRest,
  effects,
  messages,
  budget: budgetOf,
  isOnceOnly,
  forbidden: isForbidden,
  mayExpire: (request) => restless.has(request.correlation_id),
});
