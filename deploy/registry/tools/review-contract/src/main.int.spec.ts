import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = new URL('main.ts', import.meta.url).pathname;
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'review-contract-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the program as the gateway does. */
async function call(input: string): Promise<{ code: unknown; out: string; log: string }> {
  const child = spawn(process.execPath, [program], { stdio: 'pipe' });
  child.stdin.end(input);
  const code = new Promise((resolve) => child.on('close', resolve));
  const [out, log] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, out, log };
}

const file = (name: string, content: string): { name: string; path: string } => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return { name, path };
};

const refusal = async (input: string): Promise<unknown> => {
  const { code, out, log } = await call(input);
  expect({ code, log }).toEqual({ code: 1, log: '' });
  return JSON.parse(out);
};

describe('review_contract as a program', () => {
  const small =
    '1. Payment\n\n1.1 Late payments bear interest of 2% per month.\n\n2. Law\n\n2.1 Governed by the laws of Ireland.\n';

  it('prints one JSON document and nothing else, and leaves other files aside', async () => {
    const files = [file('contract.txt', small), file('access.log', '127.0.0.1 - - "GET /"\n')];
    const { code, out, log } = await call(JSON.stringify({ question: 'What is risky?', files }));
    expect({ code, log }).toEqual({ code: 0, log: '' });
    expect(JSON.parse(out)).toMatchObject({
      summary: expect.stringMatching(
        /^Clause 1\.1: late .* 2 clauses, 2 findings: 1 high, 0 medium, 1 low\. .* left aside: access\.log\.$/,
      ),
      parties: [],
      clauses: [
        { number: '1', title: 'Payment', line: 1, topic: 'payment', figures: ['2%'] },
        { number: '2', title: 'Law', line: 5, topic: 'governing law', figures: [] },
      ],
      findings: [
        {
          severity: 'high',
          topic: 'payment',
          line: 3,
          message: 'Clause 1.1: late payment costs 2% a month, which is 24 % a year.',
          evidence: [{ source: 'contract.txt', line: 3, text: '1.1 Late payments bear interest of 2% per month.' }],
        },
        { severity: 'low', topic: 'governing law', line: 7 },
      ],
      missing: expect.arrayContaining(['liability', 'force majeure']),
      evidence: [
        { source: 'contract.txt', line: 3 },
        { source: 'contract.txt', line: 7 },
      ],
    });
  });

  it('stays under 48 KiB however much there is to say, and says what it leaves out', async () => {
    const clauses = Array.from(
      { length: 1500 },
      (_, i) => `1.${i % 99} Late payments bear interest of ${i + 2}% per month.\n\n`,
    );
    const { out } = await call(JSON.stringify({ files: [file('long.txt', `${small}\n${clauses.join('')}`)] }));
    expect(Buffer.byteLength(out)).toBeLessThan(48 * 1024);
    expect(JSON.parse(out)).toMatchObject({ summary: expect.stringMatching(/left out for length/) });
  });

  it('refuses what it cannot use with a code and a sentence', async () => {
    const codes = async (input: string): Promise<unknown> =>
      ((await refusal(input)) as { error: { code: string } }).error.code;
    const one = (attached: { name: string; path: string }): string => JSON.stringify({ files: [attached] });
    expect(await codes('{')).toBe('review-contract/bad-input');
    expect(await codes('{"files":[]}')).toBe('review-contract/bad-input');
    expect(await codes(one({ name: 'x.txt', path: join(folder, 'gone.txt') }))).toBe('review-contract/unreadable');
    expect(await codes(one(file('empty.txt', '')))).toBe('review-contract/empty');
    expect(await codes(one(file('scan.pdf', '%PDF-1.7 …')))).toBe('review-contract/not-text');
    expect(await codes(one(file('some.log', 'Nov 21 sshd: hello\n')))).toBe('review-contract/no-clauses');
    const huge = file('huge.txt', small);
    truncateSync(huge.path, 2 * 1024 * 1024);
    expect(await codes(one(huge))).toBe('review-contract/not-text');
    writeFileSync(huge.path, small.repeat(50_000));
    expect(await codes(one(huge))).toBe('review-contract/too-large');
  });
});
