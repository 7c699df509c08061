import { describe, expect, it } from 'vitest';
import { SABOTAGES } from './sabotage.js';
import { playSeed, simulate } from './simulation.js';

describe('the simulated services', () => {
  it('keep every promise over 200 seeds of crashes, losses, copies, delays and races', {
    timeout: 300_000,
  }, async () => {
    const report = await simulate({ first: 0, count: 200 });
    expect(report.failures).toEqual([]);
    expect(report.records).toBeGreaterThan(15_000);
    expect(report.crashes).toBeGreaterThan(1_000);
  });

  it('do the same again under the same seed, to the last byte', async () => {
    const [once, again] = [await playSeed(11), await playSeed(11)];
    expect(once.run.records.length).toBeGreaterThan(50);
    expect(JSON.stringify(again.run)).toBe(JSON.stringify(once.run));
  });

  it.for(Object.entries(SABOTAGES))('are caught when they %s', { timeout: 120_000 }, async ([, sabotage]) => {
    const broken = new Set<number>();
    const { firstSeed = 0 } = sabotage;
    for (let seed = firstSeed; seed < firstSeed + 200 && !broken.has(sabotage.breaks); seed += 1) {
      for (const { promise } of (await playSeed(seed, sabotage)).violations) broken.add(promise);
    }
    expect(broken).toContain(sabotage.breaks);
  });
});
