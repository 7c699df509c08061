import { type Recorded, sessionStory } from '@voorman/envelope';
import { expect, it } from 'vitest';
import { readAll } from '../decisions.js';
import { PoisonRecordError } from '../errors.js';
import type { Log } from '../log.js';
import type { ContractCase } from './contract-case.js';
import { eventually } from './harness.js';
import { fresh, sample, TENANT, textOf } from './samples.js';

/** A handler that is told when it may end. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** What a follower promises: nothing lost, nothing held for ever, nothing dropped. */
export function followContract({ connected, harness, clock }: ContractCase): void {
  const quarantined = (log: Log, session: string) =>
    eventually(
      clock(),
      'a quarantined record',
      async () => (await readAll(log, sessionStory(TENANT, session))).find((r) => r.type === 'record-quarantined'),
      20_000,
    );

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

  it('continues where the service stood, after an absence', async () => {
    const { log } = await connected('writer');
    const session = fresh('absence');
    const follow = async (texts: (string | undefined)[]) => {
      const follower = await connected('follower');
      return follower.log.follow((record) => {
        if (record.correlation_id === session) texts.push(textOf(record));
        return Promise.resolve();
      });
    };
    await log.append(sample({ source: 'writer', session, target: 'follower', text: 'before' }));
    const first: (string | undefined)[] = [];
    const earlier = await follow(first);
    await eventually(clock(), 'the first record', () => first.length === 1 && earlier.held === 0);
    await earlier.drain();
    await log.append(sample({ source: 'writer', session, target: 'follower', text: 'meanwhile' }));
    const second: (string | undefined)[] = [];
    const later = await follow(second);
    await eventually(clock(), 'the second record', () => second.length === 1);
    await later.drain();
    expect([first, second]).toEqual([['before'], ['meanwhile']]);
  });

  it('brings a record again, later, when its handler throws', async () => {
    const { log } = await connected('writer');
    const thrower = await connected('thrower');
    const session = fresh('throw');
    const seen: { count: number; atMs: number }[] = [];
    const following = await thrower.log.follow((record, delivery) => {
      if (record.correlation_id === session) seen.push({ count: delivery.count, atMs: clock().nowMs() });
      return delivery.count < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve();
    });
    await log.append(sample({ source: 'writer', session, target: 'thrower' }));
    await eventually(clock(), 'the third delivery', () => seen.length === 3);
    expect(seen.map(({ count }) => count)).toEqual([1, 2, 3]);
    const [first = 0, second = 0, third = 0] = seen.map(({ atMs }) => atMs);
    expect(second - first).toBeGreaterThan(200);
    expect(third - second).toBeGreaterThan(second - first);
    await following.drain();
  });

  it('keeps a record with the handler that works on it, however long that takes', async () => {
    const { log } = await connected('writer');
    const [one, two] = await Promise.all([connected('slow-follower'), connected('slow-follower')]);
    const session = fresh('slow');
    let deliveries = 0;
    let done = 0;
    const handler = async (record: Recorded) => {
      if (record.correlation_id !== session) return;
      deliveries += 1;
      await clock().wait(6_000);
      done += 1;
    };
    const followings = await Promise.all([one.log.follow(handler), two.log.follow(handler)]);
    await log.append(sample({ source: 'writer', session, target: 'slow-follower' }));
    await eventually(clock(), 'the slow handler', () => done > 0, 15_000);
    await clock().wait(500);
    expect(deliveries).toBe(1);
    await Promise.all(followings.map((following) => following.drain()));
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

  it('finishes what it can when it is drained, and hands the rest back at once', async () => {
    const { log } = await connected('writer');
    const [leaving, staying] = await Promise.all([connected('leaver'), connected('leaver')]);
    const session = fresh('drain');
    const held = gate();
    const started: string[] = [];
    const leavingFollow = await leaving.log.follow(async (record) => {
      if (record.correlation_id !== session) return;
      started.push(textOf(record) ?? '');
      if (textOf(record) === 'long') await held.opened;
      else await clock().wait(100);
    });
    await log.append(sample({ source: 'writer', session, task: 'task-1', target: 'leaver', text: 'long' }));
    await log.append(sample({ source: 'writer', session, task: 'task-2', target: 'leaver', text: 'short' }));
    await eventually(clock(), 'both handlers', () => started.length === 2);
    const draining = leavingFollow.drain(300);
    const taken: [string | undefined, number][] = [];
    const stayingFollow = await staying.log.follow((record, delivery) => {
      if (record.correlation_id === session) taken.push([textOf(record), delivery.count]);
      return Promise.resolve();
    });
    await draining;
    expect(leavingFollow.held).toBe(0);
    await log.append(sample({ source: 'writer', session, task: 'task-3', target: 'leaver', text: 'new' }));
    await eventually(clock(), 'what was handed back', () => taken.length === 2, 2_000);
    expect(taken.sort()).toEqual([
      ['long', 2],
      ['new', 1],
    ]);
    held.open();
    await stayingFollow.drain();
  });

  it('gives the record of a killed process to another replica', async ({ skip }) => {
    const kill = harness().faults?.kill;
    if (!kill) skip('this harness cannot kill');
    const { log } = await connected('writer');
    const [victim, heir] = await Promise.all([connected('victim'), connected('victim')]);
    const session = fresh('killed');
    let taken = false;
    await victim.log.follow(async (record) => {
      if (record.correlation_id !== session) return;
      taken = true;
      await new Promise(() => undefined);
    });
    await log.append(sample({ source: 'writer', session, target: 'victim' }));
    await eventually(clock(), 'the victim’s handler', () => taken);
    const counts: number[] = [];
    const following = await heir.log.follow((record, delivery) => {
      if (record.correlation_id === session) counts.push(delivery.count);
      return Promise.resolve();
    });
    await kill?.(victim);
    await eventually(clock(), 'the heir’s turn', () => counts.length > 0);
    expect(counts).toEqual([2]);
    await following.drain();
  });

  it('sets a record aside, visibly, when its deliveries are used up', async () => {
    const { log } = await connected('writer');
    const quarantiner = await connected('quarantiner');
    const session = fresh('quarantine');
    let calls = 0;
    const following = await quarantiner.log.follow(
      (record) => {
        if (record.correlation_id !== session) return Promise.resolve();
        calls += 1;
        return Promise.reject(new Error('the database is purple'));
      },
      { maxDeliveries: 2 },
    );
    const position = await log.append(sample({ source: 'writer', session, target: 'quarantiner' }));
    const record = await quarantined(log, session);
    expect(calls).toBe(2);
    expect(record).toMatchObject({
      type: 'record-quarantined',
      source_agent: 'quarantiner',
      payload: { position, consumer: 'quarantiner', deliveries: 2 },
    });
    expect(await readAll(log, sessionStory(TENANT, session))).toHaveLength(2);
    await following.drain();
  });

  it('sets a record aside at once when its handler says that no repetition can help', async () => {
    const { log } = await connected('writer');
    const poisoned = await connected('poisoned');
    const session = fresh('poison');
    let calls = 0;
    const following = await poisoned.log.follow((record) => {
      if (record.correlation_id !== session) return Promise.resolve();
      calls += 1;
      return Promise.reject(new PoisonRecordError('The plan names a step that does not exist.'));
    });
    const position = await log.append(sample({ source: 'writer', session, target: 'poisoned' }));
    const record = await quarantined(log, session);
    expect(record).toMatchObject({
      payload: { position, deliveries: 1, reason: expect.stringContaining('names a step that does not exist') },
    });
    await clock().wait(700);
    expect(calls).toBe(1);
    await following.drain();
  });
}
