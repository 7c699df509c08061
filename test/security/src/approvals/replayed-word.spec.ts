import type { JsonObject } from '@voorman/envelope';
import { decision, GatewaySession } from '@voorman/tool-gateway/testing';
import { beforeEach, describe, expect, it } from 'vitest';

let session: GatewaySession;
beforeEach(() => {
  session = new GatewaySession();
});

describe('an attack by a person’s word', () => {
  const needing = { revision: 'r1', decide: () => ({ ...decision, obligations: [{ type: 'need_approval' }] }) };

  it('that was meant for other arguments, said for another bot’s call, or said again, sends nothing', async () => {
    await session.gateway(session.doing(), { policy: needing });
    await session.request('c1', 'pay');
    await session.typesUntil('approval-requested');
    await session.approve({ digest: `sha256:${'0'.repeat(64)}` });
    await session.approve({ agent: 'code-bot' });
    await session.approve({ call_id: 'c2' });
    await session.time.wait(5_000);
    expect(session.executions).toEqual([]);
    await session.approve();
    await session.typesUntil('tool-finished');
    await session.approve();
    await session.approve({ arguments: { query: 'another', max_results: 2 } });
    await session.time.wait(5_000);
    expect(session.executions).toHaveLength(1);
  });

  it('that edits what is done cannot bring in what a call may not hold', async () => {
    await session.gateway(session.doing(), { policy: needing });
    await session.request('c1', 'pay');
    await session.typesUntil('approval-requested');
    await session.approve({
      arguments: JSON.parse('{"query":"x","max_results":1,"constructor":{"a":1}}') as JsonObject,
    });
    await session.typesUntil('tool-refused');
    expect(session.executions).toEqual([]);
  });
});
