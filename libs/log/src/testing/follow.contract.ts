import { expect, it } from 'vitest';
import type { ContractCase } from './contract-case.js';
import { gate } from './gate.js';
import { eventually } from './harness.js';
import { fresh, sample, textOf } from './samples.js';

/** What a follower is woken for, in what order, and how much at once. */
export function followContract({ connected, clock }: ContractCase): void {
  it('wakes a service for each record addressed to it, in order, and for no other', async () => {
    const { log } = await connected('writer');
    const follower = await connected('follower');
    const session = fresh('follow');
    const seen: [string | undefined, number, number][] = [];
    const following = await follower.log.follow((record, delivery) => {
      if (record.correlation_id === session) seen.push([textOf(record), record.position, delivery.count]);
      return Promise.resolve();
    });
    const first = await log.append(sample({ source: 'writer', session, target: 'follower', text: 'one' }));
    await log.append(sample({ source: 'writer', session, text: 'to the journal' }));
    const second = await log.append(sample({ source: 'writer', session, target: 'follower', text: 'two' }));
    await eventually(clock(), 'both records', () => seen.length === 2 && following.held === 0);
    expect(seen).toEqual([
      ['one', first, 1],
      ['two', second, 1],
    ]);
    await following.drain();
  });

  it('handles the records of one task one at a time, or side by side where their order means nothing', async () => {
    const { log } = await connected('writer');
    const follower = await connected('follower');
    for (const isOrdered of [true, false]) {
      const session = fresh('order');
      const { opened, open } = gate();
      let began = 0;
      const following = await follower.log.follow(
        async (record) => {
          if (record.correlation_id !== session) return;
          began += 1;
          if (isOrdered || began === 2) open();
          await opened;
        },
        { isOrdered },
      );
      // Unordered, each of the two waits until the other has begun.
      await log.append(sample({ source: 'writer', session, target: 'follower', text: 'one' }));
      await log.append(sample({ source: 'writer', session, target: 'follower', text: 'two' }));
      await eventually(clock(), 'both records', () => began === 2 && following.held === 0);
      await following.drain();
    }
  });

  it('knows since when a process is alone, until a replica is given something', async () => {
    const { log } = await connected('writer');
    const one = await connected('follower');
    const session = fresh('alone');
    const known: (readonly [position: number, aloneSince: number | undefined])[] = [];
    const following = await one.log.follow((record, delivery) => {
      known.push([record.position, delivery.aloneSince]);
      return Promise.resolve();
    });
    const next = async () => {
      const position = await log.append(sample({ source: 'writer', session, target: 'follower' }));
      await eventually(clock(), 'the record', () => following.held === 0 && known.at(-1)?.[0] === position);
      return position;
    };
    /** Records, until one is handled that says since when. */
    const alone = () =>
      eventually(clock(), 'a process that knows', async () => {
        const position = await next();
        const [, since] = known.at(-1) ?? [];
        return since === undefined ? undefined : { position, since };
      });
    if (log.isReplicated) {
      for (let n = 0; n < 10; n += 1) await next();
      expect(known.every(([, since]) => since === undefined)).toBe(true);
      return following.drain();
    }
    const before = await alone();
    expect(before.since).toBeLessThanOrEqual(before.position);
    const position = await next();
    expect(known.at(-1)).toEqual([position, before.since]);

    const two = await connected('follower');
    let others = 0;
    const elsewhere = await two.log.follow(() => {
      others += 1;
      return Promise.resolve();
    });
    await eventually(clock(), 'a record for the other', async () => {
      await log.append(sample({ source: 'writer', session, target: 'follower' }));
      return others > 0;
    });
    await eventually(clock(), 'rest', () => following.held + elsewhere.held === 0);
    await elsewhere.drain();
    const after = await alone();
    expect(after.since).toBeGreaterThan(position);
    await following.drain();
  });

  it('handles one record of a task at a time, in order, and different tasks side by side', async () => {
    const { log } = await connected('writer');
    const orderly = await connected('orderly');
    const session = fresh('orderly');
    const seen = new Map<string, string[]>();
    let running = 0;
    let most = 0;
    const busy = new Set<string>();
    const following = await orderly.log.follow(async (record) => {
      if (record.correlation_id !== session) return;
      expect(busy.has(record.task_id)).toBe(false);
      busy.add(record.task_id);
      running += 1;
      most = Math.max(most, running);
      const texts = seen.get(record.task_id) ?? [];
      seen.set(record.task_id, [...texts, textOf(record) ?? '']);
      await clock().wait(5);
      running -= 1;
      busy.delete(record.task_id);
    });
    for (let index = 0; index < 10; index += 1) {
      for (const task of ['task-1', 'task-2', 'task-3']) {
        await log.append(sample({ source: 'writer', session, task, target: 'orderly', text: `${index}` }));
      }
    }
    const texts = Array.from({ length: 10 }, (_, index) => `${index}`);
    await eventually(clock(), 'thirty records', () => [...seen.values()].flat().length === 30 && running === 0);
    expect([...seen.values()]).toEqual([texts, texts, texts]);
    expect(most).toBeGreaterThan(1);
    await following.drain();
  });

  it('takes no more at once than it has slots', async () => {
    const { log } = await connected('writer');
    const orderly = await connected('orderly');
    const session = fresh('slots');
    let running = 0;
    let most = 0;
    let done = 0;
    const following = await orderly.log.follow(
      async (record) => {
        if (record.correlation_id !== session) return;
        running += 1;
        most = Math.max(most, running);
        await clock().wait(20);
        running -= 1;
        done += 1;
      },
      { slots: 3 },
    );
    for (let index = 0; index < 12; index += 1) {
      await log.append(sample({ source: 'writer', session, task: `task-${index}`, target: 'orderly' }));
    }
    await eventually(clock(), 'twelve records', () => done === 12);
    expect(most).toBeLessThanOrEqual(3);
    await following.drain();
  });
}
