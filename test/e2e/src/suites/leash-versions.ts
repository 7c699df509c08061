import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Call, LeashExample } from '../testing/example.js';

interface Listed {
  readonly revision: string;
  readonly tools: readonly {
    readonly name: string;
    readonly version: string;
    readonly current: boolean;
    readonly sessions: readonly string[];
  }[];
  readonly sessions: readonly { readonly session: string; readonly registry: string }[];
}

/** A tool that is replaced while a session uses it. */
export function leashVersions(example: () => LeashExample): void {
  const goal = (session: string) => example().goal('refund', 'Refund 350 EUR for order 4711', session);
  const listed = () => example().stack.json<Listed>(['tools', 'list']);
  const refundsIn = ({ tools }: Listed) =>
    tools
      .filter(({ name }) => name === 'refund_payment')
      .map(({ version, current, sessions }) => ({ version, current, sessions }))
      .sort((one, other) => one.version.localeCompare(other.version));
  const agreeTo = async (session: string): Promise<void> => {
    const { call_id } = await example().waiting(session);
    await example().stack.json(['approve', call_id, '--because', 'The customer is right.']);
  };

  describe('a session that was begun before a tool was replaced', () => {
    it('keeps the version that it began with, and is shown to; the next one has the new version', async () => {
      const begun = goal('before');
      await example().waiting('before');
      const { revision: old } = await listed();

      const file = join(example().started.registry, 'tools', 'refund-payment', 'tool.yaml');
      const manifest = await readFile(file, 'utf8');
      const body = 'body: { order: "{{ args.order }}", amount_eur: "{{ args.amount_eur }}", via: second line }';
      await writeFile(
        file,
        manifest.replace('version: 1.0.0', 'version: 1.1.0').replace('request:\n', `request:\n  ${body}\n`),
      );
      const { revision } = await example().stack.json<{ revision: string }>(['tools', 'publish']);
      expect(revision).not.toBe(old);
      const during = await listed();
      expect(during.sessions).toContainEqual({ tenant: 'default', session: 'before', registry: old });
      expect(refundsIn(during)).toEqual([
        { version: '1.0.0', current: false, sessions: ['before'] },
        { version: '1.1.0', current: true, sessions: [] },
      ]);

      const next = goal('after');
      await agreeTo('before');
      await agreeTo('after');
      expect((await Promise.all([begun, next])).map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
      const versionIn = async (session: string) =>
        (await example().list<Call>(['calls', '--session', session])).at(-1)?.version;
      expect([await versionIn('before'), await versionIn('after')]).toEqual(['1.0.0', '1.1.0']);
      const refunds = (await example().received()).refunds.filter(({ amount_eur }) => amount_eur === 350);
      expect(refunds.map(({ via }) => via)).toEqual([undefined, 'second line']);
      expect(refundsIn(await listed())).toEqual([{ version: '1.1.0', current: true, sessions: [] }]);
    });
  });
}
