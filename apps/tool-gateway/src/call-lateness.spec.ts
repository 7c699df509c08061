import type { Recorded } from '@voorman/envelope';
import { beforeEach, describe, expect, it } from 'vitest';
import { GatewaySession, never } from './testing/session.js';

const HOUR = 3_600_000;

let session: GatewaySession;
beforeEach(() => {
  session = new GatewaySession();
});

/** What a clock says that was set to another time. */
const off = (byMs: number) => ({ nowMs: () => session.time.nowMs() + byMs });

const wish = async (): Promise<Recorded<'tool-requested'>> => {
  const [first] = await session.wishes();
  if (first?.type !== 'tool-requested') throw new Error('Nobody asked for anything.');
  return first;
};

describe('a call that waited until its task was over', () => {
  it.each([
    ['pay', 0],
    ['search_web', 0],
    ['pay', HOUR],
  ])('is not carried out, and its bot hears why: %s, by a clock that is %s ms ahead', async (tool, byMs) => {
    await session.begin({ budget: { cost_usd: 0.0005 } });
    await session.request('c1', tool);
    await session.time.wait(60_000);
    await session.gateway(session.doing(), { clock: off(byMs) });
    expect(await session.answers()).toMatchObject([
      { type: 'tool-finished', payload: { attempt: 1, fault: { code: 'call/task-over' }, cost_usd: 0 } },
    ]);
    expect(session.executions).toEqual([]);
    // It has used up nothing of what the next one may cost.
    await session.request('c2', tool, undefined, 't2');
    expect((await session.answers(2))[1]).toMatchObject({ type: 'tool-finished', payload: { output: { done: true } } });
  });

  it('is not carried out either where the call itself had less time than its task', async () => {
    await session.request('c1', 'pay');
    await session.time.wait(5_000);
    await session.handler(session.doing()).toolRequested({ ...(await wish()), ttl_seconds: 5 }, { count: 1 });
    expect(await session.answers()).toMatchObject([{ payload: { fault: { code: 'call/task-over' } } }]);
    expect(session.executions).toEqual([]);
  });

  it('is not carried out either where the call says that it has more time than its task', async () => {
    await session.begin({ budget: {} }, 'crm', 'sre-bot', 't1');
    await session.time.wait(30_000);
    await session.ask('c1', 'pay');
    await session.time.wait(30_000);
    await session.handler(session.doing()).toolRequested(await wish(), { count: 1 });
    expect(await session.answers()).toMatchObject([{ payload: { fault: { code: 'call/task-over' } } }]);
    expect(session.executions).toEqual([]);
  });

  it('is not begun again after a crash', async () => {
    await session.request('c1', 'search_web');
    const first = await wish();
    void session.handler(never).toolRequested(first, { count: 1 });
    await session.typesUntil('tool-started');
    await session.time.wait(60_000);
    await session.handler(session.doing()).toolRequested(first, { count: 2 });
    expect(await session.answers()).toMatchObject([{ payload: { attempt: 2, fault: { code: 'call/task-over' } } }]);
    expect(session.executions).toEqual([]);
    // The first attempt may have cost what was reserved for it.
    expect((await session.answers())[0]?.payload).not.toHaveProperty('cost_usd');
  });
});

describe('a call in time', () => {
  it('is carried out to the last moment, also by a gateway whose clock is ahead', async () => {
    await session.request('c1', 'pay');
    await session.time.wait(59_999);
    await session.handler(session.doing(), { clock: off(HOUR) }).toolRequested(await wish(), { count: 1 });
    expect(await session.answers()).toMatchObject([{ payload: { output: { done: true } } }]);
  });
});
