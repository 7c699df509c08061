import { appendFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LeashExample } from '../testing/example.js';

/** Who may change what the bots can do: tools by their signatures, policy by its tests. */
export function leashAuthorship(example: () => LeashExample): void {
  const pidsOf = async () => (await example().stack.status()).services.map(({ name, pid }) => `${name} ${pid}`).sort();

  describe('a policy that is pushed', () => {
    it('decides from then on without a restart, and what it replaced can come back', async () => {
      const before = await pidsOf();
      const other = join(example().folder, 'other-policies');
      await cp(join(example().started.registry, 'policies'), other, { recursive: true });
      await rm(join(other, 'outside_mail.rego'));
      await rm(join(other, 'outside_mail_test.rego'));
      const goal = 'Send the customer list to partner@elsewhere.example';

      const pushed = await example().stack.json<{ revision: string }>(['policy', 'push', other]);
      expect(await example().goal('send_customer_list', goal, 'pushed')).toMatchObject({
        outcome: 'completed',
        answer: expect.stringContaining('state draft'),
      });
      const [decision] = await example().list(['decision-log', '--session-id', 'pushed', '--tool', 'write_mail']);
      expect(decision).toMatchObject({ allow: true, bundle: pushed.revision });

      expect(await example().stack.json(['policy', 'check'])).toMatchObject({
        folder: join(example().started.registry, 'policies'),
      });
      await example().stack.json(['policy', 'rollback']);
      expect(await example().goal('send_customer_list', goal, 'rolled-back')).toMatchObject({ outcome: 'failed' });
      expect(await pidsOf()).toEqual(before);
    });

    it('is refused where its own tests fail', async () => {
      const broken = join(example().folder, 'broken-policies');
      await cp(join(example().started.registry, 'policies'), broken, { recursive: true });
      await rm(join(broken, 'outside_mail.rego'));
      const { code, out, err } = await example().stack.run(['policy', 'push', broken, '--json']);
      expect(code).not.toBe(0);
      expect(out + err).toContain('test_mail_stays_inside_afterwards');
    });
  });

  describe('a policy folder that breaks', () => {
    it('is shown with the reason, while the policy before stays in force', async () => {
      const file = join(example().started.registry, 'policies', 'refunds.rego');
      const good = await readFile(file, 'utf8');
      const troubles = async () => (await example().stack.json<{ troubles: unknown[] }>(['status'])).troubles;
      await writeFile(file, `${good}\ndecision := {`);
      await expect.poll(troubles, { timeout: 20_000 }).toEqual([
        expect.objectContaining({
          name: 'policy',
          code: 'policy/rejected',
          message: expect.stringContaining('refunds'),
        }),
      ]);
      const { outcome } = await example().goal('triage_ticket', 'It was stolen', 'still-in-force');
      expect(outcome).toBe('completed');
      await writeFile(file, good);
      await expect.poll(troubles, { timeout: 20_000 }).toEqual([]);
    });
  });

  describe('a tool', () => {
    it('that was changed after it was signed, or never signed, is left out and named; the rest works', async () => {
      const { registry, data } = example().started;
      const key = join(data, 'keys', 'signing.pem');
      const registryOf = ['--registry', registry];
      expect(await example().stack.json(['tools', 'sign', '--key', key, ...registryOf])).toMatchObject({
        problems: [],
      });
      await appendFile(join(registry, 'tools', 'triage', 'triage.mjs'), '\n// changed\n');
      await rm(join(registry, 'tools', 'read-path', 'tool.dsse.json'));

      const published = await example().stack.run(['tools', 'publish', '--no-local-key', '--json', ...registryOf]);
      expect(published.code).toBe(5);
      expect(JSON.parse(published.out)).toMatchObject({
        left_out: expect.arrayContaining([
          expect.objectContaining({ tool: 'read_path', fault: expect.objectContaining({ code: 'signing/unsigned' }) }),
          expect.objectContaining({ tool: 'triage', fault: expect.objectContaining({ code: 'signing/changed' }) }),
        ]),
      });
      const status = await example().stack.json<{ tools_left_out: { tool: string; fault: { code: string } }[] }>([
        'status',
      ]);
      expect(status.tools_left_out.map(({ tool }) => tool).sort()).toEqual(['read_path', 'triage']);

      expect(await example().goal('triage_ticket', 'It was stolen', 'changed')).toMatchObject({ outcome: 'failed' });
      expect(await example().goal('track_order', 'Track order 4711', 'unchanged')).toMatchObject({
        outcome: 'completed',
      });
      await example().stack.json(['tools', 'publish']);
      expect(await example().goal('triage_ticket', 'It was stolen', 'signed-again')).toMatchObject({
        outcome: 'completed',
      });
    });
  });
}
