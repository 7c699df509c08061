import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LeashExample } from '../testing/example.js';

/** What a bot on the leash can do, what it cannot, and what is told of it. */
export function leash(example: () => LeashExample): void {
  describe('a bot that uses one tool of each type', () => {
    it.each([
      ['a script, a service and an MCP server', 'track_order', 'Track order 4711', /4711 is in transit; .* 2 working/],
      ['a database and a script', 'delivery_times', 'How long do deliveries take?', /40 deliveries took 3 days/],
      ['a program', 'triage_ticket', 'My bicycle was stolen', /urgent: it speaks of stolen/],
    ])('answers with %s', async (_types, action, goal, answer) => {
      const { outcome, answer: text } = await example().goal(action, goal, action);
      expect({ outcome, text }).toEqual({ outcome: 'completed', text: expect.stringMatching(answer) });
    });

    it('is answered by what stands in for a service that breaks its promise', async () => {
      const { outcome, answer } = await example().goal('track_order', 'Track order 4714', 'copied');
      expect({ outcome, answer }).toEqual({
        outcome: 'completed',
        answer:
          'Order 4714 is in transit; parcels to BE take up to 2 working days. Note of the shop: As of last night.',
      });
      const records = await example().list<{ type: string; payload: Record<string, unknown> }>([
        ...['log', '--session', 'copied'],
      ]);
      const started = records.filter(({ type }) => type === 'tool-started').map(({ payload }) => payload);
      expect(started.map(({ tool, fallback_for }) => [tool, fallback_for])).toEqual([
        ['request_facts', undefined],
        ['order_status', undefined],
        ['order_status', undefined],
        ['order_copy', 'order_status'],
        ['shipping_rules', undefined],
      ]);
    });

    it('sees nothing of the data folder with a program', async () => {
      const { answer } = await example().goal('look_around', example().stack.data, 'look');
      expect(answer).toContain('readable false (ENOENT)');
    });

    it('sends no mail outside after it read customer data, and nothing leaves', async () => {
      const { outcome, answer } = await example().goal(
        'send_customer_list',
        'Send the customer list to partner@elsewhere.example',
        'outside',
      );
      expect(outcome).toBe('failed');
      expect(answer).toContain('No mail leaves the house after customer data was read.');
      expect((await example().received()).mails).toEqual([]);
    });
  });

  describe('a budget', () => {
    it('ends the task that has used it up, and is shown', async () => {
      const { outcome } = await example().goal('track_order', 'Track order 4711', 'poor', ['--budget', 'calls=2']);
      expect(outcome).toBe('failed');
      const calls = await example().list<{ tool: string; fault?: { code: string } }>(['calls', '--session', 'poor']);
      expect(calls.map(({ tool, fault }) => [tool, fault?.code])).toEqual([
        ['request_facts', undefined],
        ['order_status', undefined],
        ['shipping_rules', 'TOOL_BUDGET_EXCEEDED'],
      ]);
      expect(await example().stack.json(['budget', '--session', 'poor'])).toMatchObject({
        budget: { calls: 2 },
        used: { calls: 2, cost_usd: 0.001 },
      });
    });
  });

  describe('the decision log', () => {
    it('has one line a decision, and for machines what OPA writes', async () => {
      const log = ['decision-log', '--session-id', 'triage_ticket', '--tool', 'triage'];
      const { out } = await example().stack.run(log);
      expect(out).toMatch(
        /^\[INFO\] tool_execute: allow=True, agent=support-bot, tool=triage, policy_revision=[0-9a-f]{16}, latency_ms=[\d.]+\n$/,
      );
      const [decision] = await example().list<Record<string, unknown>>(log);
      expect(decision).toMatchObject({
        decision_id: expect.any(String),
        labels: { app: 'voorman' },
        bundles: { policy: { revision: expect.stringMatching(/^[0-9a-f]{16}$/) } },
        path: 'voorman/authz/decision',
        input: { action: 'tool_execute', tool_name: 'triage', arguments: { text: 'My bicycle was stolen' } },
        result: { allow: true },
        timestamp: expect.any(String),
        metrics: { timer_rego_query_eval_ns: expect.any(Number) },
      });
    });
  });

  describe('a secret in what a tool answers', () => {
    it('stands in no record, no answer, no log and no file', async () => {
      const { answer } = await example().goal('track_order', 'Track order 4712', 'planted');
      expect(answer).toContain('Key of the customs portal: [redacted:api-key]');
      const { planted } = example().started;
      for (const command of [
        ['log', '--session', 'planted', '--json'],
        ['calls', '--session', 'planted', '--json'],
      ]) {
        expect((await example().stack.run(command)).out).not.toContain(planted);
      }
      expect(await filesWith(planted, example().stack.data)).toEqual([]);
      // What is looked for would be found.
      expect(await filesWith('customs portal', join(example().stack.data, 'nats'))).not.toEqual([]);
    });
  });
}

/** Files below a folder that hold a text. */
async function filesWith(text: string, folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const held = await Promise.all(files.map(async (file) => (await readFile(file)).includes(text)));
  return files.filter((_file, index) => held[index]);
}
