import { type Decision, type Draft, sealDraft } from '@voorman/envelope';
import { memoryConnection } from '@voorman/log/memory';
import { beforeEach, describe, expect, it } from 'vitest';
import { House, TENANT } from './testing/house.js';

const decision: Decision = { action: 'tool_execute', allow: true, reasons: [], bundle: 'r', latency_us: 1 };
const call = { call_id: 'c1', tool: 'mail', agent: 'a-bot' };
const proposal = (kind: 'call' | 'draft'): Draft => ({
  type: 'approval-requested',
  target: 'journal',
  payload: { ...call, kind, version: '1.0.0', arguments: { to: 'x' }, digest: 'sha256:1', reason: 'Look.', decision },
});
const approve = (more: object = {}) => ({
  action: 'approve',
  call: 'c1',
  agent: 'a-bot',
  digest: 'sha256:1',
  approved: true,
  because: 'Fine.',
  ...more,
});

describe('a person’s word', () => {
  let house: House;
  beforeEach(async () => {
    house = new House();
    await house.foreman().work();
    house.publish({ action: 'dig' }, { target: 'a-bot' });
    await house.recorded('task-requested');
  });
  const gatewaySays = async (draft: Draft, task = 'root'): Promise<void> => {
    const seal = { source: 'tool-gateway', tenant: TENANT, session: 's', task, ttlSeconds: 60, id: house.ids.next() };
    await memoryConnection(house.store, 'tool-gateway').log.append(sealDraft(draft, { ...seal, atMs: 0 }));
  };
  const wordsAfter = async (payload: object, task: string) => {
    house.publish(payload, { task });
    await house.time.wait(3_000);
    return (await house.story()).filter(({ source_agent }) => source_agent === 'orchestrator').slice(1);
  };

  it('goes to the gateway, in the task of the call, with who said it', async () => {
    await gatewaySays(proposal('call'));
    expect(await wordsAfter(approve({ arguments: { to: 'y' } }), 'w1')).toMatchObject([
      {
        type: 'approval-given',
        target_agent: 'tool-gateway',
        task_id: 'root',
        payload: {
          ...{ call_id: 'c1', digest: 'sha256:1', approved: true, arguments: { to: 'y' }, approved_by: 'crm' },
          decision: { action: 'approve', allow: true },
        },
      },
    ]);
  });

  it('counts once: said again, or on other arguments, it is refused', async () => {
    await gatewaySays(proposal('call'));
    const codes = [];
    for (const [index, word] of [approve({ digest: 'sha256:2' }), approve(), approve()].entries()) {
      const last = (await wordsAfter(word, `w${index}`)).at(-1);
      codes.push(last?.type === 'envelope-refused' ? last.payload.code : last?.type);
    }
    expect(codes).toEqual(['inbox/other-arguments', 'approval-given', 'inbox/nothing-to-approve']);
  });

  it('comes too late for a call whose task has ended, and not for a draft', async () => {
    await gatewaySays(proposal('call'));
    await house.says('a-bot', 'root', {
      type: 'task-failed',
      target: 'orchestrator',
      payload: { code: 'x/y', message: 'x', next: 'x' },
    });
    await house.recorded('answer-given');
    const late = (await wordsAfter(approve(), 'w1')).at(-1);
    expect(late).toMatchObject({ type: 'envelope-refused', payload: { code: 'inbox/nothing-to-approve' } });
    await gatewaySays({ ...proposal('draft'), payload: { ...proposal('draft').payload, call_id: 'c2' } } as Draft);
    expect((await wordsAfter(approve({ call: 'c2' }), 'w2')).at(-1)).toMatchObject({ type: 'approval-given' });
  });

  it('settles what is in doubt, and nothing else', async () => {
    const settle = { action: 'settle', call: 'c1', agent: 'a-bot', happened: true, because: 'Asked the bank.' };
    expect((await wordsAfter(settle, 'w1')).at(-1)).toMatchObject({ payload: { code: 'inbox/unknown-call' } });
    const doubt = { call_id: 'c1', tool: 'mail', attempt: 1, code: 'tool/in-doubt', message: 'x', next: 'x' };
    await gatewaySays({ type: 'tool-in-doubt', target: 'a-bot', payload: doubt });
    expect((await wordsAfter(settle, 'w2')).at(-1)).toMatchObject({
      type: 'settlement-requested',
      target_agent: 'tool-gateway',
      payload: { happened: true, settled_by: 'crm', decision: { action: 'settle', allow: true } },
    });
  });
});
