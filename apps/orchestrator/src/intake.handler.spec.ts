import { taskBoundary } from '@voorman/envelope';
import type { Log, TimerKey } from '@voorman/log';
import { describe, expect, it } from 'vitest';
import { denying, House, TENANT } from './testing/house.js';

describe('a message from outside that comes again', () => {
  it('stays taken, though it would be judged differently now: only its deadline is set', async () => {
    const house = new House();
    let tries = 0;
    const first = house.foreman(({ timers }) => ({
      timers: { ...timers, set: () => Promise.reject(new Error('dead before it could set a timer')) },
    }));
    // Dies after the record and before the deadline, and never comes back.
    await first.connection.inbox.follow((message) => {
      tries += 1;
      return first.intake.received(message).catch(() => first.connection.kill());
    });
    house.publish({ action: 'dig' }, { target: 'a-bot' });
    await house.recorded('task-requested');
    await house.settle();
    expect(tries).toBe(1);

    const armed: TimerKey[] = [];
    const next = house.foreman(({ timers }) => ({
      policy: denying,
      timers: { ...timers, set: (key) => Promise.resolve(void armed.push(key)) },
    }));
    await next.work();
    await house.time.wait(5_000);
    expect(house.store.unsettled.inbox).toBe(0);
    expect(await house.types()).toEqual(['task-requested']);
    expect(armed).toEqual([{ tenant: 'default', session: 's', task: 'root', purpose: 'ttl' }]);
  });

  it('stays taken where two replicas have it at once, and the later one asks a server that is behind', async () => {
    const house = new House();
    const first = house.foreman();
    const { log } = first.connection;
    const task = taskBoundary(TENANT, 's', 'next');
    let takes = async (): Promise<void> => undefined;
    let asked = 0;
    const behind: Log = {
      isReplicated: true,
      append: (record, condition) => log.append(record, condition),
      follow: (...args) => log.follow(...args),
      last: async (boundary) => {
        // The other replica takes the message just before this one looks what the session has already.
        await takes();
        return log.last(boundary);
      },
      read: (boundary, after, limit) => {
        if (boundary !== task) return log.read(boundary, after, limit);
        asked += 1;
        return asked === 1 ? Promise.resolve({ records: [], more: false }) : log.read(boundary, after, limit);
      },
    };
    const later = house.foreman(() => ({ log: behind }));
    await first.connection.inbox.follow(async (message) => {
      if (JSON.parse(new TextDecoder().decode(message.body)).task_id === 'root') return first.intake.received(message);
      takes = async () => {
        takes = async () => undefined;
        await first.intake.received(message);
      };
      return later.intake.received(message);
    });
    house.publish({ action: 'dig' }, { target: 'a-bot' });
    await house.recorded('task-requested');
    house.publish({ action: 'dig' }, { target: 'a-bot', task: 'next' });
    await house.recorded('task-requested', (record) => record.task_id === 'next');
    await house.settle();
    expect(await house.types()).toEqual(['task-requested', 'task-requested']);
    expect(asked).toBeGreaterThan(1);
  });

  it('is refused where it was not taken before', async () => {
    const house = new House();
    await house.foreman(() => ({ policy: denying })).work();
    house.publish({ action: 'dig' }, { target: 'a-bot' });
    expect((await house.recorded('envelope-refused')).payload.code).toBe('inbox/unauthorised');
  });
});
