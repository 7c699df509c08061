import type { TimerKey } from '@voorman/log';
import { describe, expect, it } from 'vitest';
import { denying, House } from './testing/house.js';

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

  it('is refused where it was not taken before', async () => {
    const house = new House();
    await house.foreman(() => ({ policy: denying })).work();
    house.publish({ action: 'dig' }, { target: 'a-bot' });
    expect((await house.recorded('envelope-refused')).payload.code).toBe('inbox/unauthorised');
  });
});
