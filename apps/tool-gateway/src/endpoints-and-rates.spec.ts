import type { PolicyInput } from '@voorman/policy';
import { compileTool } from '@voorman/registry';
import { beforeEach, describe, expect, it } from 'vitest';
import { obliging } from './testing/policies.js';
import { GatewaySession, manifest, output, passing } from './testing/session.js';

let session: GatewaySession;
beforeEach(() => {
  session = new GatewaySession();
});

describe('a tool that cannot', () => {
  const standIn = { name: 'search_elsewhere', schema: manifest().schema };

  it('is replaced by its fallback, which policy is asked for too', async () => {
    const asked: PolicyInput[] = [];
    session.tools.set(
      'search_web',
      compileTool(manifest({ fallback: 'search_elsewhere', retry: { max_attempts: 1 } })),
    );
    session.tools.set('search_elsewhere', compileTool(manifest(standIn)));
    await session.gateway(
      (execution) => session.doing(execution.tool.manifest.name === 'search_web' ? passing() : output())(execution),
      { policy: obliging([], asked) },
    );
    await session.request();
    expect((await session.answers())[0]).toMatchObject({
      type: 'tool-finished',
      payload: { tool: 'search_web', served_by: 'search_elsewhere', attempt: 2, output: { done: true } },
    });
    expect(asked.map((input) => input.tool_name)).toEqual(['search_web', 'search_elsewhere']);
    expect((await session.written())[1]).toMatchObject({ payload: { fallback_for: 'search_web' } });
  });

  it('is replaced also where it breaks its own schema, but not where it must happen once', async () => {
    for (const [name, effect] of [
      ['search_web', 'read'],
      ['pay', 'once'],
    ] as const) {
      const more = { name, effect, fallback: 'search_elsewhere', retry: { max_attempts: 1 } };
      session.tools.set(name, compileTool(manifest(more)));
    }
    session.tools.set('search_elsewhere', compileTool(manifest(standIn)));
    await session.gateway((execution) =>
      output(execution.tool.manifest.name === 'search_elsewhere' ? { done: true } : { finished: 1 }),
    );
    await session.request('c1');
    await session.answers(1);
    await session.request('c2', 'pay');
    expect(await session.answers(2)).toMatchObject([
      { payload: { served_by: 'search_elsewhere' } },
      { payload: { fault: { code: 'output/invalid' } } },
    ]);
  });

  it('waits as long as the service asks for, and no longer than all attempts may take', async () => {
    const retry = { max_attempts: 3, initial_ms: 100, total_ms: 10_000 };
    session.tools.set('search_web', compileTool(manifest({ retry })));
    const startedAtMs: number[] = [];
    const pauses = [3_000, 9_000];
    await session.gateway(() => {
      startedAtMs.push(session.time.nowMs());
      return { ...passing(), retryAfterMs: pauses.shift() ?? 0 };
    });
    await session.request();
    expect((await session.answers())[0]).toMatchObject({ payload: { attempt: 2, fault: { message: 'Busy.' } } });
    expect(startedAtMs.map((ms) => ms - (startedAtMs[0] ?? 0))).toEqual([0, 3_000]);
  });
});

describe('an endpoint that fails', () => {
  it('is cut off for every gateway, tried by one call, and open again when that goes well', async () => {
    const breaker = { failures: 3, open_seconds: 30 };
    session.tools.set('search_web', compileTool(manifest({ breaker, retry: { max_attempts: 1 } })));
    let broken = true;
    for (let replica = 0; replica < 3; replica += 1)
      await session.gateway(session.doing(() => (broken ? passing() : output())));
    const codes = async (count: number) =>
      (await session.answers(count)).map((each) =>
        each.type === 'tool-finished' ? each.payload.fault?.code : each.type,
      );
    for (let call = 1; call <= 3; call += 1) {
      await session.request(`c${call}`, 'search_web', undefined, `t${call}`);
      await session.answers(call);
    }
    // Whoever looked last a moment ago looks again.
    await session.time.wait(1_100);
    for (let call = 4; call <= 9; call += 1) await session.request(`c${call}`, 'search_web', undefined, `t${call}`);
    expect((await codes(9)).slice(3)).toEqual(Array(6).fill('tool/endpoint-open'));
    expect(session.executions).toHaveLength(3);
    broken = false;
    await session.time.wait(30_000);
    for (let call = 10; call <= 12; call += 1) {
      await session.request(`c${call}`, 'search_web', undefined, `t${call}`);
      await session.answers(call);
      await session.time.wait(1_100);
    }
    expect((await codes(12)).slice(9)).toEqual([undefined, undefined, undefined]);
    expect((await session.shared()).map((each) => each.type === 'endpoint-changed' && each.payload.state)).toEqual([
      'failed',
      'failed',
      'open',
      'trial',
      'closed',
    ]);
  });
});

describe('a rate limit', () => {
  it('is kept to over all gateways, and calls beyond it wait for the next window', async () => {
    session.tools.set('search_web', compileTool(manifest({ rate_limit: { calls: 4, per_seconds: 10 } })));
    const windows: number[] = [];
    for (let replica = 0; replica < 3; replica += 1) {
      await session.gateway((execution) => {
        windows.push(Math.floor(session.time.nowMs() / 10_000));
        return session.doing()(execution);
      });
    }
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => session.request(`c${index}`, 'search_web', undefined, `t${index}`)),
    );
    await session.answers(10);
    const counts = [...new Set(windows)].map((window) => windows.filter((each) => each === window).length);
    expect(counts).toEqual([4, 4, 2]);
  });
});
