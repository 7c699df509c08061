import { describe, expect, it } from 'vitest';
import { Random } from './random.js';
import { World } from './world.js';

/** The order in which twenty events of one moment happen under a seed. */
async function orderOf(seed: number): Promise<number[]> {
  const world = new World(seed);
  const order: number[] = [];
  for (let event = 0; event < 20; event += 1) world.after(5, () => order.push(event));
  await world.run(() => false, 1_000);
  return order;
}

describe('virtual time', () => {
  it('passes in the order of moments, whatever the order of asking', async () => {
    const world = new World(1);
    const seen: number[] = [];
    const random = new Random(4);
    for (let event = 0; event < 500; event += 1) {
      const ms = random.between(0, 1_000);
      world.after(ms, () => seen.push(ms));
    }
    await world.run(() => false, 10_000);
    expect(seen).toHaveLength(500);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('orders what happens at one moment by the seed', async () => {
    expect(await orderOf(1)).toEqual(await orderOf(1));
    expect(await orderOf(1)).not.toEqual(await orderOf(2));
  });

  it('waits until everything that an event set off has come to rest', async () => {
    const world = new World(1);
    const seen: string[] = [];
    world.after(1, () => {
      void (async () => {
        for (let step = 0; step < 50; step += 1) await Promise.resolve();
        seen.push('what the first set off');
      })();
    });
    world.after(2, () => seen.push('the second'));
    await world.run(() => false, 1_000);
    expect(seen).toEqual(['what the first set off', 'the second']);
  });

  it('leaves out what was called off, and stops where it is told to', async () => {
    const world = new World(1);
    const seen: number[] = [];
    const cancel = world.after(1, () => seen.push(1));
    for (const ms of [2, 3, 4]) world.after(ms, () => seen.push(ms));
    cancel();
    await world.run(() => seen.includes(3), 1_000);
    expect(seen).toEqual([2, 3]);
  });

  it('gives up on a world that never rests', async () => {
    const world = new World(1);
    const again = (): void => {
      world.after(10, again);
    };
    again();
    await expect(world.run(() => false, 1_000)).rejects.toMatchObject({ code: 'simulation/restless' });
  });
});

describe('random numbers', () => {
  it('depend on the seed and the stream alone', () => {
    const draw = (seed: number, stream: number) =>
      Array.from(
        { length: 5 },
        (
          (r) => () =>
            r.word()
        )(new Random(seed, stream)),
      );
    expect(draw(1, 2)).toEqual(draw(1, 2));
    expect(draw(1, 2)).not.toEqual(draw(2, 2));
    expect(draw(1, 2)).not.toEqual(draw(1, 3));
  });

  it('spread evenly', () => {
    const random = new Random(9);
    const counts = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < 20_000; draw += 1) {
      const bucket = random.between(0, 9);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(250);
  });
});
