import { type Recorded, sessionStory } from '@voorman/envelope';
import { expect, it } from 'vitest';
import { readAll } from '../decisions.js';
import { PoisonRecordError } from '../errors.js';
import type { Log } from '../log.js';
import type { ContractCase } from './contract-case.js';
import { gate } from './gate.js';
import { eventually } from './harness.js';
import { fresh, sample, TENANT, textOf } from './samples.js';

/** What becomes of a record whose handler fails, is slow, or is gone: nothing lost, nothing held for ever, nothing dropped. */
export function redeliveryContract({ connected, harness, clock }: ContractCase): void {
  const quarantined = (log: Log, session: string) =>
    eventually(
      clock(),
      'a quarantined record',
      async () => (await readAll(log, sessionStory(TENANT, session))).find((r) => r.type === 'record-quarantined'),
      20_000,
    );

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
