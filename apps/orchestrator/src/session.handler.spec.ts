import type { TimerKey } from '@voorman/log';
import { describe, expect, it } from 'vitest';
import { done, firstTime, House } from './testing/house.js';

const steps = [
  { id: 'one', agent: 'a-bot', capability: 'dig' },
  { id: 'two', agent: 'b-bot', capability: 'fill', depends_on: ['one'] },
];

describe('the deadlines of a session', () => {
  it('are all called off once its goal is answered', async () => {
    const house = new House();
    await house.foreman().work();
    house.publish({ goal: 'Dig.', action: 'dig' });
    const task = await house.recorded('task-requested', (record) => record.target_agent === 'a-bot');
    await house.settle();
    expect(house.store.unsettled.schedules).toBe(2);
    await house.says('a-bot', task.task_id, done);
    await house.recorded('answer-given');
    await house.settle();
    expect(house.store.unsettled.schedules).toBe(0);
  });

  it('are called off one by one, as the steps of its plan end', async () => {
    const house = new House();
    await house.foreman().work();
    house.publish({ goal: 'Dig, then fill.', plan: { steps } });
    const first = await house.recorded('task-requested', (record) => record.target_agent === 'a-bot');
    await house.says('a-bot', first.task_id, done);
    await house.recorded('task-requested', (record) => record.target_agent === 'b-bot');
    await house.settle();
    expect(house.store.unsettled.schedules).toBe(2);
  });

  it('are called off where a task went straight to a bot', async () => {
    const house = new House();
    await house.foreman().work();
    house.publish({ action: 'dig' }, { target: 'a-bot' });
    await house.recorded('task-requested');
    await house.settle();
    expect(house.store.unsettled.schedules).toBe(1);
    await house.says('a-bot', 'root', done);
    await house.recorded('answer-given');
    await house.settle();
    expect(house.store.unsettled.schedules).toBe(0);
  });

  it('are called off when it is cancelled, or cannot be planned', async () => {
    const house = new House();
    await house.foreman().work();
    house.publish({ goal: 'Dig.', action: 'dig' });
    await house.recorded('task-requested', (record) => record.target_agent === 'a-bot');
    house.publish({ action: 'cancel' }, { task: 'stop' });
    await house.recorded('answer-given');
    house.publish({ goal: 'Bake a cake.' }, { task: 'cake' });
    await house.recorded('answer-given', (record) => record.task_id === 'cake');
    await house.settle();
    expect(house.store.unsettled.schedules).toBe(0);
  });

  it('are set once more when a wake-up comes that led to nothing: an earlier one may have died in between', async () => {
    const house = new House();
    const dying = house.foreman(({ timers }) => ({
      timers: { ...timers, set: () => Promise.reject(new Error('dead before it could set a timer')) },
    }));
    house.publish({ goal: 'Dig.', action: 'dig' });
    await dying.connection.inbox.follow((message) => dying.intake.received(message).catch(() => undefined));
    const goal = await house.recorded('task-requested');
    await expect(dying.sessions.goalRequested(goal, firstTime)).rejects.toThrow('dead before');
    const { task_id: task } = await house.recorded('task-requested', (record) => record.target_agent === 'a-bot');

    const armed: TimerKey[] = [];
    const next = house.foreman(({ timers }) => ({
      timers: { ...timers, set: (key) => Promise.resolve(void armed.push(key)) },
    }));
    // The server forgot that it delivered this before: only that nothing is left to record tells of the earlier try.
    await next.sessions.goalRequested(goal, firstTime);
    expect(armed.map((key) => key.task)).toEqual([task]);
  });
});

describe('a goal whose time is up', () => {
  it('takes its open tasks along, also those that have time left by themselves', async () => {
    const house = new House();
    const foreman = house.foreman();
    await foreman.connection.inbox.follow((message) => foreman.intake.received(message));
    house.publish({ goal: 'Dig.', action: 'dig' }, { ttlSeconds: 2 });
    const goal = await house.recorded('task-requested');
    // Nobody was there to plan until little was left: a whole second is more than that.
    await house.time.wait(1_500);
    await foreman.work();
    const answer = await house.recorded('answer-given');
    const child = await house.recorded('task-requested', (record) => record.target_agent === 'a-bot');
    expect(child.recordedAtMs + child.ttl_seconds * 1_000).toBeGreaterThan(goal.recordedAtMs + 2_000);
    const ended = await house.recorded('task-cancelled');
    expect(answer.payload).toMatchObject({ outcome: 'expired', tasks: [{ agent: 'a-bot', outcome: 'cancelled' }] });
    expect(ended.position).toBeLessThan(answer.position);
    await house.time.wait(5_000);
    expect((await house.types()).filter((type) => type === 'task-expired' || type === 'task-cancelled')).toHaveLength(
      1,
    );
  });
});
