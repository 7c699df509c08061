import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseRequest } from './input.ts';
import { type Verification, verify } from './verification.ts';

async function withFiles<T>(
  contents: Readonly<Record<string, string | Buffer>>,
  body: (files: object[]) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
  try {
    const files = Object.entries(contents).map(([name, content]) => {
      writeFileSync(join(folder, name), content);
      return { name, path: join(folder, name) };
    });
    return await body(files);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Checks claims about one file, written as `[line, text]`. */
const check = (content: string | Buffer, ...claims: [line: number, text: string][]): Promise<Verification> =>
  withFiles({ 'a.log': content }, (files) => {
    const evidence = claims.map(([line, text]) => ({ source: 'a.log', line, text }));
    return verify(parseRequest(JSON.stringify({ files, evidence })));
  });

describe('a citation', () => {
  it('holds if the text stands in the line that it names', async () => {
    expect(await check('one\ntwo\nthree', [1, 'one'], [3, 'three'])).toEqual({ ok: true, checked: 2, mismatches: [] });
  });

  it('does not hold in the line beside it, nor with another text', async () => {
    const { ok, checked, mismatches } = await check('one\ntwo\n', [1, 'two'], [2, 'twofold'], [2, 'tw']);
    expect([ok, checked, mismatches.length]).toEqual([false, 3, 3]);
    expect(mismatches[0]).toEqual({ source: 'a.log', line: 1, reason: 'Line 1 reads differently: "one".' });
  });

  it('does not hold beyond the end of the file, nor in no line at all', async () => {
    const { mismatches } = await check('one\n', [2, ''], [0, 'one'], [1.5, 'one']);
    expect(mismatches.map(({ reason }) => reason)).toEqual([
      'The file has no line 2.',
      '0 is not a line number.',
      '1.5 is not a line number.',
    ]);
  });

  it('holds without what was taken out of it, as far as the rest stands in the line', async () => {
    const line = 'mail ada@example.org: password=hunter2 refused';
    const file = `${line}\n${line} ${'x'.repeat(100)}\n`;
    const taken = 'mail [redacted:email]: password=[redacted:password] refused';
    expect((await check(file, [1, taken], [2, `${taken} xxxxx`])).ok).toBe(true);
    const others = [
      'mail [redacted:email]: password=[redacted:password] granted',
      'male [redacted:email]',
      '[redacted:email] granted',
    ];
    for (const other of others) expect((await check(file, [1, other])).ok).toBe(false);
  });

  it('may be the beginning of a long line', async () => {
    const long = 'x'.repeat(50_000);
    expect((await check(`${long}\n`, [1, long.slice(0, 400)], [1, `${long.slice(0, 120)}…`])).ok).toBe(true);
    expect((await check(`${long}\n`, [1, `${long.slice(0, 399)}y`])).ok).toBe(false);
  });

  it('is looked up alike in CRLF, gzip, UTF-16 and damaged text', async () => {
    expect((await check('one\r\ntwo\r\n', [2, 'two'])).ok).toBe(true);
    expect((await check(gzipSync('one\ntwo'), [2, 'two'])).ok).toBe(true);
    expect((await check(Buffer.from('\ufeffone\r\ntwo', 'utf16le'), [1, 'one'], [2, 'two'])).ok).toBe(true);
    expect((await check(Buffer.from([0x61, 0xff, 0x0a, 0x62]), [1, 'a\ufffd'], [2, 'b'])).ok).toBe(true);
  });

  it('does not hold in a file that is not there', async () => {
    const outcome = await withFiles({ 'a.log': 'one' }, (files) =>
      verify(parseRequest(JSON.stringify({ files, evidence: [{ source: 'b.log', line: 1, text: 'one' }] }))),
    );
    expect(outcome.mismatches).toEqual([{ source: 'b.log', line: 1, reason: 'No attached file is named "b.log".' }]);
  });

  it('is looked up in the second of two files of one name', async () => {
    const outcome = await withFiles({ 'a.log': 'one', 'b.log': 'two' }, ([first, second]) => {
      const files = [first, { ...second, name: 'a.log' }];
      const evidence = [{ source: 'a.log (2)', line: 1, text: 'two' }];
      return verify(parseRequest(JSON.stringify({ files, evidence })));
    });
    expect(outcome.ok).toBe(true);
  });
});

const program = (folder: string, input: object) => {
  const main = join(import.meta.dirname, '../..', folder, 'src/main.ts');
  const { status, stdout } = spawnSync(process.execPath, [main], { input: JSON.stringify(input), encoding: 'utf8' });
  return { code: status, output: JSON.parse(stdout) };
};

describe('the program verify_evidence', () => {
  it('confirms every line that analyze_logs cites, however odd the file', async () => {
    const odd = Array.from({ length: 300 }, (_, index) => {
      const line = `2026-11-21T10:${String(index % 60).padStart(2, '0')}:00Z ERROR ${'abcdefghijklmnop'[index % 16]}-part of ${'ä€😀'.repeat(index % 90)} refused`;
      return Buffer.concat([
        Buffer.from(line),
        Buffer.from([0xff, 0xe2, 0x82]),
        Buffer.from(index % 3 ? '\n' : '\r\n\u2028\n\r'),
      ]);
    });
    await withFiles({ 'odd.log': Buffer.concat([Buffer.from('\ufeff'), ...odd]) }, async (files) => {
      const { output } = program('analyze-logs', { files });
      const examples = output.templates.map(({ example }: { example: object }) => example);
      const evidence = [...output.evidence, ...examples];
      expect(evidence.length).toBeGreaterThan(8);
      expect(program('verify-evidence', { files, evidence }).output).toEqual({
        ok: true,
        checked: evidence.length,
        mismatches: [],
      });
    });
  });

  it('answers bad arguments with a code and a sentence', () => {
    expect(program('verify-evidence', { files: [] })).toEqual({
      code: 1,
      output: { error: { code: 'verify-evidence/bad-input', message: '"files" must list the files to look into.' } },
    });
  });

  it('says which file cannot be read', () => {
    const files = [{ name: 'a.log', path: '/nowhere/a.log' }];
    const { code, output } = program('verify-evidence', { files, evidence: [{ source: 'a.log', line: 1, text: 'x' }] });
    expect([code, output.error.code]).toEqual([1, 'verify-evidence/unreadable-file']);
  });
});
