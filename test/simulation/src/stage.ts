import { type Recorded, wholeLog } from '@voorman/envelope';
import { readAll } from '@voorman/log';
import { MemoryStore, memoryConnection } from '@voorman/log/memory';
import type { Climate } from './climate.js';
import { type ProcessPlan, SimulatedProcess } from './process.js';
import { Random } from './random.js';
import { RestlessWorldError, World } from './world.js';

/** Everything that a run needs to know before it begins. */
export interface Play {
  readonly seed: number;
  readonly processes: readonly ProcessPlan[];
  readonly climate: Climate;
  /** Whether the log behaves like a replicated one. */
  readonly cluster: boolean;
  /** How often an operation with the log is followed by the death of its process. 0 to 1. */
  readonly crashes: number;
  /** From this virtual millisecond on nothing breaks any more, so that the run can come to rest. */
  readonly calmFromMs: number;
  /** A run that takes longer, in virtual milliseconds, counts as one that lost something. */
  readonly limitMs: number;
  /** What the outside does while the processes run. */
  readonly outside: (store: MemoryStore, world: World) => void;
}

export interface Run {
  readonly seed: number;
  /** Everything that was recorded, oldest first. */
  readonly records: readonly Recorded[];
  /** Whether the world came to rest in time with nothing left to settle. */
  readonly atRest: boolean;
  readonly unsettled: MemoryStore['unsettled'];
  /** Virtual milliseconds. */
  readonly elapsedMs: number;
  readonly events: number;
  readonly crashes: number;
  /** What went wrong at boot or outside of any promise. */
  readonly faults: readonly unknown[];
}

/** How long a dead process stays away. Virtual milliseconds. */
const AWAY_MS = [50, 6_000] as const;

/** How often one process dies at most: a record that outlives twenty of its holders is rightly set aside. */
const MOST_DEATHS = 8;

/** How many of the deaths come with a warning, so that records are handed back; and how long it takes then. */
const GENTLY = 0.2;
const LINGER_MS = 500;

/** Plays one run to its end: everything starts, dies, starts again, and at last comes to rest. */
export async function perform(play: Play): Promise<Run> {
  const world = new World(play.seed);
  const store = new MemoryStore({ scheduler: world, cluster: play.cluster });
  const fate = new Random(play.seed, 7);
  let crashes = 0;

  const processes = play.processes.map((plan, number) => {
    const process = new SimulatedProcess(world, store, play, plan, number + 1, () => {
      if (world.elapsedMs >= play.calmFromMs || process.lives > MOST_DEATHS || !fate.chance(play.crashes)) return;
      // A moment later, so that death comes before, while and after the operation takes effect.
      const life = process.lives;
      world.after(fate.between(0, 2 * play.climate.delayMs[1] + 5), () => {
        if (!process.isAlive || process.lives !== life) return;
        crashes += 1;
        const lingerMs = fate.chance(GENTLY) ? fate.between(0, LINGER_MS) : 0;
        if (lingerMs > 0) process.stop(lingerMs);
        else process.crash();
        world.after(lingerMs + fate.between(...AWAY_MS), () => process.start());
      });
    });
    world.after(fate.between(0, 50), () => process.start());
    return process;
  });
  play.outside(store, world);

  const faults: unknown[] = [];
  const settled = (): boolean => Object.values(store.unsettled).every((count) => count === 0);
  const done = (): boolean => world.elapsedMs > play.calmFromMs && settled();
  try {
    await world.run(done, play.limitMs);
  } catch (fault) {
    if (!(fault instanceof RestlessWorldError)) throw fault;
    faults.push(fault);
  }
  const { elapsedMs, happened: events } = world;
  const { unsettled } = store;
  const atRest = settled();
  const records = await readAll(memoryConnection(store, 'reader').log, wholeLog());
  store.close();
  return {
    seed: play.seed,
    records,
    atRest,
    unsettled,
    elapsedMs,
    events,
    crashes,
    faults: [...faults, ...processes.flatMap((process) => process.faults)],
  };
}
