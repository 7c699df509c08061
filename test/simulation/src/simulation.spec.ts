import { describe, expect, it } from 'vitest';
import { probed } from './cast.js';
import { SABOTAGES, type Sabotage } from './sabotage.js';
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

  it('keep every promise where doubts are settled by asking, and settle each by the recorded end of a probe', {
    timeout: 300_000,
  }, async () => {
    // Nothing is broken here: it is the way to change a tool.
    const asking: Sabotage = { breaks: 1, tool: probed };
    let settled = 0;
    let repeated = 0;
    for (let seed = 0; seed < 100; seed += 1) {
      const { run, violations } = await playSeed(seed, asking);
      expect({ seed, violations }).toEqual({ seed, violations: [] });
      for (const record of run.records) {
        if (record.type === 'tool-started' && record.payload.probes && record.payload.attempt > 1) repeated += 1;
        if (record.type !== 'call-settled') continue;
        settled += 1;
        const probes = run.records.filter(
          (each) => each.type === 'tool-started' && each.payload.probes === record.payload.call_id,
        );
        const ids = probes.map((each) => (each.type === 'tool-started' ? each.payload.call_id : ''));
        const told = run.records.find(
          (each) =>
            each.type === 'tool-finished' &&
            ids.includes(each.payload.call_id) &&
            each.correlation_id === record.correlation_id &&
            each.payload.output?.happened === record.payload.happened,
        );
        expect(told?.position).toBeLessThan(record.position);
      }
    }
    expect(settled).toBeGreaterThan(10);
    expect(repeated).toBeGreaterThan(0);
  });

  it('do the same again under the same seed, to the last byte', async () => {
    const [once, again] = [await playSeed(11), await playSeed(11)];
    expect(once.run.records.length).toBeGreaterThan(50);
    expect(JSON.stringify(again.run)).toBe(JSON.stringify(once.run));
  });

  it.for(Object.entries(SABOTAGES))('are caught when they %s', { timeout: 120_000 }, async ([, sabotage]) => {
    const broken = new Set<number>();
    for (let seed = 0; seed < 200 && !broken.has(sabotage.breaks); seed += 1) {
      for (const { promise } of (await playSeed(seed, sabotage)).violations) broken.add(promise);
    }
    expect(broken).toContain(sabotage.breaks);
  });
});
