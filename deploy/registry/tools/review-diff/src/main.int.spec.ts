import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diffOf } from './testing/change.ts';

const program = new URL('main.ts', import.meta.url).pathname;
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'review-diff-'));
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

describe('review_diff as a program', () => {
  it('prints one JSON document and nothing else, and leaves other files aside', async () => {
    const files = [
      file('change.diff', diffOf('a.yaml', '-timeout: 30s\n+timeout: 5s')),
      file('access.log', '127.0.0.1 - - "GET /"\n'),
    ];
    const { code, out, log } = await call(JSON.stringify({ files }));
    expect({ code, log }).toEqual({ code: 0, log: '' });
    expect(JSON.parse(out)).toEqual({
      summary:
        'a.yaml:1: `timeout` goes from 30 s to 5 s: what takes longer now fails (17 % of before). 1 file changed (+1 −1), 1 finding: 0 high, 1 medium, 0 low. No diffs, so left aside: access.log.',
      files_changed: [{ path: 'a.yaml', added: 1, removed: 1, kind: 'modified' }],
      findings: [
        {
          severity: 'medium',
          rule: 'limit-changed',
          path: 'a.yaml',
          line: 1,
          message: '`timeout` goes from 30 s to 5 s: what takes longer now fails (17 % of before).',
          evidence: [
            { source: 'change.diff', line: 5, text: '+timeout: 5s' },
            { source: 'change.diff', line: 4, text: '-timeout: 30s' },
          ],
        },
      ],
      evidence: [
        { source: 'change.diff', line: 5, text: '+timeout: 5s' },
        { source: 'change.diff', line: 4, text: '-timeout: 30s' },
      ],
    });
  });

  it('stays under 48 KiB however much there is to say, and says what it leaves out', async () => {
    const diffs = Array.from({ length: 3000 }, (_, i) => diffOf(`a${i}.py`, '-timeout = 3000\n+timeout = 800'));
    const { out } = await call(JSON.stringify({ files: [file('large.diff', diffs.join(''))] }));
    expect(Buffer.byteLength(out)).toBeLessThan(48 * 1024);
    expect(JSON.parse(out)).toMatchObject({ summary: expect.stringMatching(/3000 findings.*left out for length/) });
  });

  it('refuses what it cannot use with a code and a sentence', async () => {
    const log = file('some.log', 'Nov 21 sshd: hello\n');
    const codes = async (input: string): Promise<unknown> =>
      ((await refusal(input)) as { error: { code: string } }).error.code;
    expect(await codes('{')).toBe('review-diff/bad-input');
    expect(await codes('{"files":[]}')).toBe('review-diff/bad-input');
    expect(await codes('{"files":[{"name":"x"}]}')).toBe('review-diff/bad-input');
    expect(await codes(JSON.stringify({ files: [{ name: 'x.diff', path: join(folder, 'gone.diff') }] }))).toBe(
      'review-diff/unreadable',
    );
    expect(await codes(JSON.stringify({ files: [log] }))).toBe('review-diff/not-a-diff');
    expect(await codes(JSON.stringify({ files: [file('empty.diff', '')] }))).toBe('review-diff/empty');
    const huge = file('huge.diff', 'diff --git a/a b/a\n');
    truncateSync(huge.path, 17 * 1024 * 1024);
    expect(await codes(JSON.stringify({ files: [huge] }))).toBe('review-diff/too-large');
    expect(await refusal(JSON.stringify({ files: [log] }))).toEqual({
      error: {
        code: 'review-diff/not-a-diff',
        message: 'No unified diff is attached (some.log): attach the output of `git diff` or `diff -u`.',
      },
    });
  });
});
