import { beforeAll, describe, expect, it } from 'vitest';
import { documents } from '../testing/command-line.js';
import { type Answer, FAILING_LOG, type Stack } from '../testing/stack.js';

/** Goals from the command line, and what can be read of them afterwards. */
export function goals(stack: () => Stack): void {
  describe('a goal', () => {
    let log = '';
    let answer: Answer;

    beforeAll(async () => {
      log = await stack().file('shop.log', FAILING_LOG);
      answer = await stack().json<Answer>(['run', 'Why are requests failing?', '--attach', log, '--attach', log]);
    });

    it('is answered as one JSON document with the promised fields', () => {
      expect(answer).toEqual({
        session: expect.stringMatching(/^session-/),
        outcome: 'completed',
        answer: expect.stringContaining('pool exhausted'),
        evidence: expect.arrayContaining([{ source: 'shop.log', line: 41, text: FAILING_LOG.split('\n')[40] }]),
        tasks: [{ task_id: expect.any(String), agent: 'sre-diagnosis-bot', outcome: 'completed' }],
      });
    });

    it('gives two attachments of one name a name each', async () => {
      const { out } = await stack().run(['log', '--session', answer.session, '--json']);
      const requested = documents(out).find((record) => record.type === 'task-requested');
      expect(requested?.payload).toMatchObject({
        attachments: [
          { name: 'shop.log', media_type: 'text/x-log' },
          { name: 'shop-2.log', media_type: 'text/x-log' },
        ],
      });
    });

    it('shows people who does what, then the answer and the lines that prove it', async () => {
      const { code, out } = await stack().run([
        'run',
        'Why are requests failing?',
        '--attach',
        log,
        '--session',
        'told',
      ]);
      expect(code).toBe(0);
      expect(out).toMatch(/sre-diagnosis-bot: took the task/);
      expect(out).toMatch(/\n {2}shop\.log:41 {2}2026-03-01T10:01:00Z ERROR pool exhausted/);
    });

    it('leaves a log of envelopes with position and time', async () => {
      const { out } = await stack().run(['log', '--session', answer.session, '--json']);
      const records = documents(out);
      expect(records.at(-1)).toMatchObject({ type: 'answer-given', target_agent: 'cli', source_agent: 'orchestrator' });
      for (const record of records) {
        expect(record).toMatchObject({
          position: expect.any(Number),
          recorded_at: expect.stringMatching(/^\d{4}-.*Z$/),
          correlation_id: answer.session,
          task_id: expect.any(String),
          payload: expect.any(Object),
        });
      }
      const positions = records.map((record) => Number(record.position));
      expect(positions).toEqual([...positions].sort((a, b) => a - b));
    });

    it('leaves the decisions of policy, for programs and for people', async () => {
      const { out } = await stack().run(['decision-log', '--session-id', answer.session, '--json']);
      // What is promised; a machine finds more beside it.
      expect(documents(out).find((decision) => decision.tool === 'analyze_logs')).toMatchObject({
        position: expect.any(Number),
        recorded_at: expect.any(String),
        action: 'tool_execute',
        agent: 'sre-diagnosis-bot',
        tool: 'analyze_logs',
        target: null,
        allow: true,
        reasons: expect.arrayContaining([expect.any(String)]),
        bundle: expect.stringMatching(/^[0-9a-f]+$/),
        latency_us: expect.any(Number),
      });
      const { out: lines } = await stack().run(['decision-log', '--session-id', answer.session]);
      expect(lines).toMatch(
        /\[INFO\] tool_execute: allow=True, agent=sre-diagnosis-bot, tool=analyze_logs, policy_revision=\w+, latency_ms=[\d.]+/,
      );
    });

    it('for newcomers has two bots work on one incident, on the stack that runs already', async () => {
      const { out, code } = await stack().run(['start', '--once', '--json']);
      expect(code).toBe(0);
      const incident = JSON.parse(out) as Answer;
      expect(incident.outcome).toBe('completed');
      expect(incident.tasks.map((task) => task.agent).sort()).toEqual(['code-review-bot', 'sre-diagnosis-bot']);
      const sources = new Set(incident.evidence.map((evidence) => evidence.source));
      expect([...sources]).toEqual(expect.arrayContaining(['checkout.log', 'deploy.diff']));
      expect((await stack().status()).services).toHaveLength(6);
    });

    it('that fits no bot is told so, and the shell hears that it failed', async () => {
      const { code, out } = await stack().run(['run', 'Bake a cake.', '--json']);
      expect(code).toBe(10);
      expect(JSON.parse(out)).toMatchObject({ outcome: 'failed', answer: expect.stringContaining('No bot here fits') });
    });

    it('with a file that cannot be used is not published at all', async () => {
      const empty = await stack().file('empty.log', '');
      const faults = ['/no/such/file.log', stack().data, empty, process.execPath];
      for (const file of faults) {
        const { code, err } = await stack().run(['run', 'Why?', '--attach', file, '--session', 'unpublished']);
        expect(code, file).toBe(5);
        expect(err.trim().split('\n'), file).toHaveLength(1);
      }
      expect((await stack().run(['log', '--session', 'unpublished'])).code).toBe(5);
    });
  });

  describe('a task envelope', () => {
    const seed = {
      task_id: 'uuid-1234',
      source_agent: 'orchestrator',
      target_agent: 'sre-diagnosis-bot',
      payload: { action: 'analyze_logs', time_range: '2025-03-20T10:00:00Z/2025-03-20T11:00:00Z' },
      correlation_id: 'user-session-5678',
      ttl_seconds: 120,
    };

    it('goes to the bot that it names, as the one who published it', async () => {
      const { code, err } = await stack().run(['task', 'publish', '-'], JSON.stringify(seed));
      // Without a log there is nothing to analyse: the bot took it and says so.
      expect(code).toBe(10);
      expect(err).toMatch(/Published as cli, not as orchestrator/);
      const { out } = await stack().run(['log', '--session', 'user-session-5678', '--json']);
      expect(documents(out).map((record) => record.type)).toEqual(
        expect.arrayContaining(['task-requested', 'task-failed', 'answer-given']),
      );
    });

    it('is not begun a second time', async () => {
      const { code, err } = await stack().run(['task', 'publish', '-', '--json'], JSON.stringify(seed));
      expect(code).toBe(13);
      expect(JSON.parse(err)).toMatchObject({ error: { code: 'inbox/replayed' } });
    });

    it('that is none is not published', async () => {
      for (const text of ['{', '[]', '{"task_id":"a b"}', JSON.stringify({ ...seed, ttl_seconds: 0 })]) {
        const { code, err } = await stack().run(['task', 'publish', '-', '--json'], text);
        expect(code, text).toBe(5);
        expect(JSON.parse(err), text).toMatchObject({ error: { code: 'cli/bad-file' } });
      }
    });
  });
}
