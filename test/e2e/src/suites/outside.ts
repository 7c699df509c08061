import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents } from '../testing/command-line.js';
import { type Access, Outsider } from '../testing/outsider.js';
import { FAILING_LOG, type Stack } from '../testing/stack.js';

/** A plain NATS client, without any library of ours. */
export function outside(stack: () => Stack): void {
  describe('an outside publisher', () => {
    let crm: Outsider;

    beforeAll(async () => {
      crm = await Outsider.connect(await stack().json<Access>(['access', 'crm', '--tenant', 'acme']));
    });
    afterAll(() => crm.close());

    const refused = async (session: unknown) =>
      await crm.next((record) => record.type === 'envelope-refused' && record.correlation_id === session);

    it('gets the same settings however often they are asked for', async () => {
      expect(await stack().json<Access>(['access', 'crm', '--tenant', 'acme'])).toEqual(crm.access);
      expect(crm.access).toMatchObject({ publish: 'inbox.acme.crm', api_prefix: 'store.api', durable: 'crm' });
    });

    it('cannot bear the name of a service or a bot', async () => {
      for (const name of ['policy', 'sre-diagnosis-bot', 'cli', 'Orchestrator']) {
        const { code, err } = await stack().run(['access', name, '--json']);
        expect(code, name).toBe(5);
        expect(JSON.parse(err), name).toMatchObject({ error: { code: 'cli/name' } });
      }
    });

    it('publishes six fields and follows the answers with its durable', async () => {
      // It has no bucket, so its goal refers to content that lies in one already.
      const { out } = await stack().run([
        'run',
        'Why?',
        '--json',
        '--tenant',
        'acme',
        '--session',
        'shared',
        '--attach',
        await stack().file('shared.log', FAILING_LOG),
      ]);
      expect(JSON.parse(out)).toMatchObject({ outcome: 'completed' });
      const { out: log } = await stack().run(['log', '--session', 'shared', '--tenant', 'acme', '--json']);
      const [first] = documents(log);
      const { attachments } = { ...(first?.payload as object | undefined) } as { attachments?: unknown[] };
      const envelope = crm.envelope({ payload: { goal: 'Why are requests failing?', attachments } });
      expect((await crm.publish(envelope)).error).toBeUndefined();
      const answer = await crm.next((record) => record.task_id === envelope.task_id);
      expect(answer).toMatchObject({ type: 'answer-given', payload: { outcome: 'completed' } });
    });

    it('is told what is wrong with a malformed message', async () => {
      const badTime = crm.envelope({ ttl_seconds: 'soon' });
      for (const [body, session] of [
        ['no JSON', 'inbox'],
        [badTime, badTime.correlation_id],
      ]) {
        await crm.publish(body);
        const { payload } = await refused(session);
        expect(payload).toMatchObject({
          code: 'inbox/malformed',
          message: expect.any(String),
          next: expect.any(String),
        });
      }
    });

    it('is told that a message is too large', async () => {
      const large = crm.envelope({ payload: { goal: 'x', filler: 'x'.repeat(80_000) } });
      await crm.publish(large);
      // Nothing of it was read, so the answer lies in no session of its own.
      expect((await refused('inbox')).payload).toMatchObject({
        code: 'inbox/too-large',
        message: expect.stringMatching(/65536/),
        next: expect.any(String),
      });
    });

    it('is told about an unknown target, a wrong source and a closed bot, and nothing else comes of it', async () => {
      const cases: [string, Record<string, unknown>, string][] = [
        ['inbox/unknown-target', { target_agent: 'nobody-here' }, 'nobody-here'],
        ['inbox/wrong-source', { source_agent: 'cli' }, 'orchestrator'],
        ['inbox/wrong-target', { target_agent: 'sre-diagnosis-bot' }, 'orchestrator'],
        ['inbox/unauthorised', { target_agent: 'legal-document-bot' }, 'legal-document-bot'],
        ['inbox/no-goal', { payload: {} }, 'orchestrator'],
      ];
      for (const [code, change, target] of cases) {
        const envelope = crm.envelope(change);
        await crm.publish(envelope, target);
        const { payload } = await refused(envelope.correlation_id);
        expect(payload, code).toMatchObject({ code, message: expect.any(String), next: expect.any(String) });
        const { out } = await stack().run([
          'log',
          '--session',
          String(envelope.correlation_id),
          '--tenant',
          'acme',
          '--json',
        ]);
        expect(
          documents(out).map((record) => record.type),
          code,
        ).toEqual(['envelope-refused']);
      }
    });

    it('is told that a task was there before', async () => {
      const envelope = crm.envelope({ payload: { goal: 'Bake a cake.' } });
      await crm.publish(envelope);
      await crm.next((record) => record.task_id === envelope.task_id && record.type === 'answer-given');
      await crm.publish(envelope);
      expect((await refused(envelope.correlation_id)).payload).toMatchObject({ code: 'inbox/replayed' });
    });

    it('reaches neither another’s inbox nor another tenant nor the log', async () => {
      for (const prefix of ['inbox.acme.shop', 'inbox.zenith.crm', 'inbox.acme.cli']) {
        await expect(crm.publish(crm.envelope(), 'orchestrator', prefix), prefix).rejects.toThrow();
      }
      await expect(crm.nats.request('log.orchestrator.acme.s.t.crm', '{}', { timeout: 1_000 })).rejects.toThrow();
    });
  });
}
