import { type Recorded, serviceBoundary } from '@voorman/envelope';
import type { Log } from '@voorman/log';
import { describe, expect, it } from 'vitest';
import type { ForemanPorts } from './ports.js';
import { allowing, House, TENANT } from './testing/house.js';

/** A policy that breaks on every question, as a bug of ours would: no repetition helps. */
const broken: ForemanPorts['policy'] = {
  revision: 'broken',
  decide: () => {
    throw new TypeError('it is not a function');
  },
};

/** The same log, save that nothing can be read while `isBroken` says so. */
const unreadable = (log: Log, isBroken: () => boolean): Log => ({
  isReplicated: log.isReplicated,
  append: (record, condition) => log.append(record, condition),
  read: (...args) => (isBroken() ? Promise.reject(new Error('the page is torn')) : log.read(...args)),
  last: (boundary) => log.last(boundary),
  follow: (...args) => log.follow(...args),
});

const ofType = <T extends Recorded['type']>(story: readonly Recorded[], type: T) =>
  story.filter((record): record is Extract<Recorded, { type: T }> => record.type === type);

/** Twenty deliveries, each waiting twice as long as the one before, at most half a minute. */
const PATIENCE_MS = 15 * 60_000;

describe('a message from outside that nothing can settle', () => {
  it('is set aside after its last delivery, and its publisher is told so', async () => {
    const house = new House();
    await house.foreman(() => ({ policy: broken })).work();
    house.publish({ goal: 'Dig.' });
    await house.time.wait(PATIENCE_MS);
    const story = await house.story();
    expect(story.map((record) => record.type)).toEqual(['envelope-refused', 'record-quarantined']);
    expect(ofType(story, 'envelope-refused')[0]).toMatchObject({
      target_agent: 'crm',
      task_id: 'root',
      payload: {
        code: 'inbox/quarantined',
        message: expect.stringMatching(/20 deliveries and was set aside; nothing of it was begun/),
        inbox_position: 1,
      },
    });
    expect(ofType(story, 'record-quarantined')[0]).toMatchObject({
      task_id: 'root',
      payload: {
        subject: 'inbox.default.crm.orchestrator',
        position: 1,
        consumer: 'orchestrator',
        deliveries: 20,
        reason: expect.stringContaining('it is not a function'),
      },
    });
    expect(house.store.unsettled.inbox).toBe(0);
  });

  it('is set aside also where what was recorded before it cannot be read; then nothing more is claimed', async () => {
    const house = new House();
    const { log } = house.foreman().connection;
    await house.foreman(() => ({ policy: broken, log: unreadable(log, () => true) })).work();
    house.publish({ goal: 'Dig.' });
    await house.time.wait(PATIENCE_MS);
    const [refused] = ofType(await house.story(), 'envelope-refused');
    expect(refused?.payload.message).toMatch(/whether anything of it was begun cannot be told/);
    expect(ofType(await house.story(), 'record-quarantined')).toHaveLength(1);
  });

  it('gets no second answer where its task runs after all', async () => {
    const house = new House();
    const silent = house.foreman(({ timers }) => ({
      timers: { ...timers, set: () => Promise.reject(new Error('no timer, ever')) },
    }));
    await silent.work();
    house.publish({ action: 'dig' }, { target: 'a-bot' });
    await house.time.wait(PATIENCE_MS);
    expect(await house.types()).toEqual(['task-requested', 'record-quarantined']);
  });

  it('is told and recorded once, though the foreman died between the two', async () => {
    const house = new House();
    let appends = 0;
    const { log } = house.foreman().connection;
    const dying: Log = {
      ...unreadable(log, () => false),
      append: (record, condition) => {
        appends += 1;
        return appends === 2 ? Promise.reject(new Error('died')) : log.append(record, condition);
      },
    };
    await house.foreman(() => ({ policy: broken, log: dying })).work();
    house.publish({ goal: 'Dig.' });
    // Longer than an id is remembered: only the records themselves tell of the earlier try.
    await house.time.wait(PATIENCE_MS);
    expect(await house.types()).toEqual(['envelope-refused', 'record-quarantined']);
    expect(appends).toBe(3);
  });
});

describe('a deadline that nothing can settle', () => {
  it('is set aside in the story of its task', async () => {
    const house = new House();
    let isBroken = false;
    const { log } = house.foreman().connection;
    const foreman = house.foreman(() => ({ policy: allowing, log: unreadable(log, () => isBroken) }));
    await foreman.work();
    house.publish({ action: 'dig' }, { target: 'a-bot', ttlSeconds: 30 });
    await house.recorded('task-requested');
    isBroken = true;
    await house.time.wait(PATIENCE_MS + 30_000);
    const [setAside] = ofType(await house.story(), 'record-quarantined');
    expect(setAside).toMatchObject({
      task_id: 'root',
      target_agent: 'journal',
      payload: {
        subject: 'timer.due.orchestrator.default.s.root.ttl',
        deliveries: 20,
        reason: expect.stringContaining('the page is torn'),
      },
    });
    expect(await log.last(serviceBoundary(TENANT, 's', 'orchestrator'))).toBe(setAside?.position);
    expect(house.store.unsettled.timers).toBe(0);
  });
});
