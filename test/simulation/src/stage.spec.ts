import { describe, expect, it } from 'vitest';
import { climateOf } from './climate.js';
import { brokenPromises, type Violation } from './promises.js';
import { Random } from './random.js';
import { type Play, perform } from './stage.js';
import { askForCalls, countingGateway, type Sin, TOY_BUDGET } from './testing/counting-gateway.js';

/** Two replicas of the toy, five sessions, four calls each where three are allowed, and everything that can go wrong. */
function toyPlay(seed: number, sin?: Sin) {
  const gateway = countingGateway(sin);
  const random = new Random(seed, 3);
  const play: Play = {
    seed,
    processes: [0, 1].map((replica) => ({ name: 'tool-gateway', replica, start: gateway.start })),
    climate: climateOf(random),
    cluster: random.chance(0.5),
    crashes: 0.05,
    calmFromMs: 10_000,
    limitMs: 600_000,
    outside: (store, world) => askForCalls(store, world, 5, TOY_BUDGET + 1),
  };
  return { play, effects: gateway.effects };
}

async function broken(seed: number, sin?: Sin): Promise<Violation[]> {
  const { play, effects } = toyPlay(seed, sin);
  const { records, atRest } = await perform(play);
  return brokenPromises({
    records,
    atRest,
    effects,
    budget: () => TOY_BUDGET,
    isOnceOnly: () => true,
    forbidden: () => false,
    mayExpire: () => false,
  });
}

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

/** Numbers of the promises that some seed shows to be broken. */
async function brokenBy(sin: Sin): Promise<number[]> {
  const numbers = new Set<number>();
  for (const seed of SEEDS) for (const { promise } of await broken(seed, sin)) numbers.add(promise);
  return [...numbers].sort();
}

describe('the simulator', () => {
  it('plays the same seed to the same records, to the last byte, and another seed to others', async () => {
    const [once, again, other] = [
      await perform(toyPlay(5).play),
      await perform(toyPlay(5).play),
      await perform(toyPlay(6).play),
    ];
    expect(once.records.length).toBeGreaterThan(40);
    expect(again).toEqual(once);
    expect(other.records).not.toEqual(once.records);
  });

  it('finds nothing against a service that keeps its promises, though its processes die all the time', async () => {
    let crashes = 0;
    for (const seed of SEEDS) {
      const run = await perform(toyPlay(seed).play);
      crashes += run.crashes;
      expect({ seed, faults: run.faults, atRest: run.atRest }).toEqual({ seed, faults: [], atRest: true });
      expect({ seed, broken: await broken(seed) }).toEqual({ seed, broken: [] });
    }
    expect(crashes).toBeGreaterThan(100);
  });

  it('notices a started call that nobody asks after', async () => {
    expect(await brokenBy('forgets-what-it-started')).toContain(1);
  });

  it('notices an effect that is repeated after a crash', async () => {
    expect(await brokenBy('repeats-after-a-crash')).toContain(2);
  });

  it('notices an effect that happens before its record', async () => {
    expect(await brokenBy('acts-before-it-records')).toContain(2);
  });

  it('notices a call that starts without a decision that allows it', async () => {
    expect(await brokenBy('starts-without-asking')).toEqual([3]);
  });

  it('notices a budget that is guarded under too small a boundary', async () => {
    expect(await brokenBy('guards-too-little')).toContain(4);
  });
});
