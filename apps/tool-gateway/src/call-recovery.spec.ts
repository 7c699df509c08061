import { idempotencyKey } from '@voorman/envelope';
import type { Executed, Execution } from '@voorman/executors';
import { compileTool } from '@voorman/registry';
import { beforeEach, describe, expect, it } from 'vitest';
import { allowing, denying, GatewaySession, manifest, never, output, passing } from './testing/session.js';

let session: GatewaySession;
let executions: Execution[];
beforeEach(() => {
  session = new GatewaySession();
  executions = [];
});
/** Does these things one after another, the last one for ever. */
const deeds = (...results: (Executed | (() => never))[]) => {
  return (execution: Execution): Executed => {
    const result = results[Math.min(executions.length, results.length - 1)];
    executions.push(execution);
    return typeof result === 'function' ? result() : (result as Executed);
  };
};

describe('a call that fails in passing', () => {
  it('is tried again after growing waits, under one key, and ends with the first success', async () => {
    const startedAtMs: number[] = [];
    const attempt = deeds(passing(), passing(), output());
    await session.gateway((execution) => {
      startedAtMs.push(session.time.nowMs());
      return attempt(execution);
    });
    await session.request();
    expect((await session.answers())[0]).toMatchObject({ type: 'tool-finished', payload: { attempt: 3 } });
    expect(startedAtMs.map((ms) => ms - (startedAtMs[0] ?? 0))).toEqual([0, 200, 600]);
    const key = idempotencyKey({ tenant: 'default', session: 's1', bot: 'sre-bot', callId: 'c1' });
    expect(new Set(executions.map((execution) => execution.key))).toEqual(new Set([key]));
  });

  it('ends with its fault after the last attempt that its manifest allows', async () => {
    await session.gateway(deeds(passing()));
    await session.request();
    expect((await session.answers())[0]).toMatchObject({ payload: { attempt: 3, fault: { message: 'Busy.' } } });
    expect(executions).toHaveLength(3);
  });

  it('is not tried again when it must happen once', async () => {
    await session.gateway(deeds(passing()));
    await session.request('c1', 'pay');
    expect((await session.answers())[0]).toMatchObject({ payload: { attempt: 1 } });
    expect(executions).toHaveLength(1);
  });

  it('is not tried again once policy has changed its mind', async () => {
    let policy = allowing;
    await session.gateway(
      () => {
        policy = denying;
        return passing();
      },
      { policy: { revision: 'r1', decide: (input) => policy.decide(input) } },
    );
    await session.request();
    expect((await session.answers())[0]).toMatchObject({ payload: { attempt: 1, fault: { message: 'Busy.' } } });
  });
});

describe('a fault of the gateway itself', () => {
  const bursting = (): never => {
    throw new TypeError('secret path /srv/tool');
  };

  it('ends the call on record, and only the operator hears its words', async () => {
    await session.gateway(deeds(bursting));
    await session.request();
    const [answer] = await session.answers();
    expect(answer).toMatchObject({ type: 'tool-finished', payload: { fault: { code: 'tool/gateway-fault' } } });
    expect(JSON.stringify(await session.written())).not.toContain('secret path');
    expect(session.reported).toHaveLength(3);
  });

  it('puts a call in doubt that must happen once', async () => {
    await session.gateway(deeds(bursting));
    await session.request('c1', 'pay');
    expect((await session.answers())[0]?.type).toBe('tool-in-doubt');
    expect(executions).toHaveLength(1);
  });
});

describe('a call that a gateway left behind', () => {
  it('is begun again by another one, where that does no harm', async () => {
    const kill = await session.gateway(never);
    await session.request();
    await session.typesUntil('tool-started');
    kill();
    await session.gateway(deeds(output()));
    expect((await session.answers())[0]).toMatchObject({ type: 'tool-finished', payload: { attempt: 2 } });
    expect(await session.typesUntil('tool-finished')).toEqual(['tool-started', 'tool-started', 'tool-finished']);
  });

  it('is put in doubt where it must happen once, and never begun again', async () => {
    const kill = await session.gateway(never);
    await session.request('c1', 'pay');
    await session.typesUntil('tool-started');
    kill();
    await session.gateway(deeds(output()));
    expect((await session.answers())[0]).toMatchObject({ type: 'tool-in-doubt', payload: { code: 'tool/in-doubt' } });
    expect(executions).toHaveLength(0);
  });

  it('is begun again when a slow attempt met a second one, which then died', async () => {
    const killFirst = await session.gateway(async () => {
      await session.time.wait(2_500);
      const fault = { code: 'tool/failed', message: 'No.', next: 'No.' };
      return { kind: 'fault', fault, durationMs: 1, retryable: false };
    });
    await session.request();
    await session.typesUntil('tool-started');
    const killSecond = await session.gateway(never);
    // The first copy goes to the first gateway again, which is at it; the second one to the other.
    for (let copy = 0; copy < 2; copy += 1) {
      session.store.durable('tool-gateway').copy(2);
      await session.time.wait(500);
    }
    expect(await session.typesUntil('tool-started')).toEqual(['tool-started', 'tool-started']);
    killSecond();
    // Long enough for the first attempt to end, with a fault that ends nothing.
    await session.time.wait(2_000);
    killFirst();
    await session.gateway(deeds(output()));
    expect((await session.answers())[0]).toMatchObject({ type: 'tool-finished', payload: { output: { done: true } } });
  });

  it('is left alone for a while when nothing says that its gateway is dead', async () => {
    // The first gateway answers after a second; the second one gets another record for the same call at once.
    await session.gateway(async (execution) => {
      executions.push(execution);
      await session.time.wait(1_000);
      return output();
    });
    await session.request('c1');
    await session.typesUntil('tool-started');
    await session.gateway(deeds(output()));
    for (let copy = 0; copy < 4; copy += 1) await session.request('c1');
    await session.answers();
    await session.time.wait(10_000);
    expect(executions).toHaveLength(1);
    expect(await session.typesUntil('tool-finished')).toEqual(['tool-started', 'tool-finished']);
  });
});

describe('a session that is cancelled', () => {
  it('has its running calls stopped and later ones refused', async () => {
    await session.gateway(
      ({ signal }) =>
        new Promise((resolve) => {
          const stopped = { code: 'session/cancelled', message: 'Stopped.', next: 'Nothing.' };
          const end = () => resolve({ kind: 'unknown', fault: stopped, durationMs: 1, retryable: true });
          signal.addEventListener('abort', end);
        }),
    );
    await session.request('c1');
    await session.typesUntil('tool-started');
    await session.cancel();
    expect((await session.answers())[0]).toMatchObject({
      type: 'tool-finished',
      payload: { attempt: 1, fault: { code: 'session/cancelled' } },
    });
    await session.request('c2');
    expect((await session.answers(2))[1]).toMatchObject({
      type: 'tool-refused',
      payload: { code: 'session/cancelled' },
    });
  });

  it('has no retry of a call begun, and its wait cut short', async () => {
    const slow = manifest({ retry: { backoff: 'fixed', initial_ms: 600_000, max_attempts: 3 } });
    session.tools.set('search_web', compileTool(slow));
    const waits: AbortSignal[] = [];
    await session.gateway(deeds(passing()), {
      wait: (ms, signal) => {
        // Besides the looks at a session whose calls run for long.
        if (ms > 1_000) waits.push(signal);
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
      },
    });
    await session.request();
    await session.typesUntil('tool-started');
    await expect.poll(() => waits.length).toBe(1);
    await session.cancel();
    expect((await session.answers())[0]).toMatchObject({ type: 'tool-finished', payload: { attempt: 1 } });
    expect(executions).toHaveLength(1);
  });

  it('has a call that was left behind not begun again', async () => {
    const kill = await session.gateway(never);
    await session.request();
    await session.typesUntil('tool-started');
    kill();
    await session.cancel();
    await session.gateway(deeds(output()));
    expect((await session.answers())[0]).toMatchObject({ payload: { fault: { code: 'session/cancelled' } } });
    expect(executions).toHaveLength(0);
  });
});
