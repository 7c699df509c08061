import { sealDraft } from '@voorman/envelope';
import { memoryConnection } from '@voorman/log/memory';
import { compileTool } from '@voorman/registry';
import { GatewaySession, manifest, passing } from '@voorman/tool-gateway/testing';
import { beforeEach, describe, expect, it } from 'vitest';

/* Whoever waits holds a place that others could have. A bot's word on how long it waits counts no longer than its task. */
const TASK_MS = 60_000;
const A_DAY_S = 86_400;
let session: GatewaySession;
beforeEach(() => {
  session = new GatewaySession();
});

/** A call that says of itself that it lives for a day, in the task of `c0`, which lives for a minute. */
async function stayingCall(callId: string, tool = 'search_web'): Promise<void> {
  const payload = {
    ...{ state: 'EXECUTE' as const, call_id: callId, tool, step: 'look' },
    arguments: { query: 'x', max_results: 1 },
  };
  const seal = { tenant: 'default', session: 's1', source: 'sre-bot', task: 't1', ttlSeconds: A_DAY_S };
  const record = sealDraft(
    { type: 'tool-requested', target: 'tool-gateway', payload },
    { ...seal, id: `stay-${callId}`, atMs: session.time.nowMs() },
  );
  await memoryConnection(session.store, 'sre-bot').log.append(record);
}

describe('an attack by calls that wait for a day', () => {
  it('holds no place beyond its task where too many are under way', async () => {
    await session.begin({ budget: { parallel: 1 } });
    // A process takes the records of one task in a row.
    for (let gateways = 0; gateways < 2; gateways += 1) await session.gateway(() => new Promise(() => undefined));
    await session.request('c0');
    await session.typesUntil('tool-started');
    await stayingCall('c1');
    await session.time.wait(TASK_MS + 5_000);
    expect((await session.written()).map(({ type }) => type)).toContain('tool-refused');
  });

  it('holds no place beyond its task where a rate limit is used up', async () => {
    session.tools.set('slow', compileTool(manifest({ name: 'slow', rate_limit: { calls: 1, per_seconds: 3_600 } })));
    await session.gateway(session.doing());
    await session.request('c0', 'slow');
    await session.answers(1);
    await stayingCall('c1', 'slow');
    const answers = await session.answers(2);
    expect(answers[1]).toMatchObject({ payload: { fault: { code: 'tool/rate-limited' } } });
    expect(session.time.nowMs() - (answers[0]?.recordedAtMs ?? 0)).toBeLessThan(TASK_MS);
  });

  it('holds no place beyond its task where the service asks to be left alone for hours', async () => {
    await session.gateway(session.doing(() => ({ ...passing(), retryAfterMs: 3_600_000 })));
    await session.request('c0');
    await session.answers(1);
    await stayingCall('c1');
    const answers = await session.answers(2);
    expect(session.executions).toHaveLength(2);
    expect((answers[1]?.recordedAtMs ?? 0) - (answers[0]?.recordedAtMs ?? 0)).toBeLessThan(TASK_MS);
  });
});
