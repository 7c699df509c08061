import { TOOL_BUDGET_EXCEEDED } from '@voorman/envelope';
import { compileTool } from '@voorman/registry';
import { GatewaySession, manifest, passing } from '@voorman/tool-gateway/testing';
import { beforeEach, describe, expect, it } from 'vitest';

let session: GatewaySession;
beforeEach(() => {
  session = new GatewaySession();
});

describe('an attack by the clock of a gateway', () => {
  /** What a clock says that was set to another time. */
  const off = (byMs: number) => ({ nowMs: () => session.time.nowMs() + byMs });
  const HOUR = 3_600_000;

  it('that was set back buys a session no time', async () => {
    await session.begin({ budget: { seconds: 10 } });
    await session.time.wait(11_000);
    await session.gateway(session.doing(), { clock: off(-HOUR) });
    await session.request();
    expect(await session.answers()).toMatchObject([{ type: 'tool-refused', payload: { code: TOOL_BUDGET_EXCEEDED } }]);
    expect(session.executions).toEqual([]);
  });

  it('that is set back does not make it forget to ask how an endpoint is', async () => {
    let byMs = 0;
    const breaker = { failures: 1, within_seconds: 60, open_seconds: 60 };
    session.tools.set('search_web', compileTool(manifest({ breaker, retry: { max_attempts: 1 } })));
    await session.gateway(session.doing(), { clock: { nowMs: () => session.time.nowMs() + byMs } });
    await session.request('c1');
    await session.answers(1);
    byMs = -HOUR;
    // Another gateway finds the endpoint broken.
    const other = session.handler(() => passing());
    await session.request('seen', 'search_web');
    await session.answers(2);
    await session.time.wait(2_000);
    const wish = (await session.wishes()).findLast((each) => each.type === 'tool-requested');
    if (wish?.type !== 'tool-requested') throw new Error('Nobody asked for anything.');
    await other.toolRequested({ ...wish, payload: { ...wish.payload, call_id: 'c9' } }, { count: 1 } as never);
    expect((await session.shared()).at(-1)).toMatchObject({ type: 'endpoint-changed', payload: { state: 'open' } });
    const before = session.executions.length;
    await session.request('c3', 'search_web');
    await session.typesUntil('tool-finished', 4);
    expect(session.executions).toHaveLength(before);
  });

  it('that was set ahead takes no more of a budget than there is', async () => {
    await session.begin({ budget: { calls: 3 } });
    await session.gateway(session.doing(), { clock: off(HOUR) });
    await session.gateway(session.doing(), { clock: off(-HOUR) });
    for (let call = 1; call <= 6; call += 1) await session.request(`c${call}`);
    await session.answers(6);
    expect(session.executions).toHaveLength(3);
  });

  it('that jumps to and fro gets one window of a rate limit more than time has passed, and no second one', async () => {
    session.tools.set('search_web', compileTool(manifest({ rate_limit: { calls: 4, per_seconds: 10 } })));
    let byMs = 0;
    await session.gateway(session.doing(), { clock: { nowMs: () => session.time.nowMs() + byMs } });
    for (let call = 1; call <= 20; call += 1) {
      await session.request(`c${call}`, 'search_web', undefined, `t${call}`);
      await session.time.wait(50);
      byMs = call % 2 === 0 ? 0 : 10_000;
    }
    expect(session.executions.length).toBeGreaterThan(4);
    expect(session.executions.length).toBeLessThanOrEqual(8);
  });
});
