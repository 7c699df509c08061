import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { withFiles } from './testing/log.ts';

const LINE = '2026-11-21T10:00:00Z ERROR db unreachable\n';

interface Outcome {
  readonly code: number | null;
  readonly output: {
    readonly error?: { code: string; message: string };
    readonly lines?: number;
    readonly evidence?: unknown;
  };
  readonly errors: string;
}

function run(input: string): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    input,
    encoding: 'utf8',
  });
  return { code: status, output: JSON.parse(stdout), errors: stderr };
}
const runOn = (content: string | Buffer, more: object = {}) =>
  withFiles({ 'x.log': content }, async (files) => run(JSON.stringify({ files, ...more })));

describe('the program analyze_logs', () => {
  it('answers one JSON document and reports progress apart from it', async () => {
    const { code, output, errors } = await runOn(LINE);
    expect([code, output.lines]).toEqual([0, 1]);
    expect(output.evidence).toEqual([{ source: 'x.log', line: 1, text: LINE.trim() }]);
    expect(errors).toContain('x.log: 1 lines');
  });

  it('reads gzip, UTF-16 and a last line without an end alike', async () => {
    const plain = await runOn(LINE.trim());
    expect((await runOn(gzipSync(LINE))).output.evidence).toEqual(plain.output.evidence);
    expect((await runOn(Buffer.from(`\ufeff${LINE}`, 'utf16le'))).output.evidence).toEqual(plain.output.evidence);
  });

  it.each([
    ['analyze-logs/empty-file', ''],
    ['analyze-logs/empty-file', '\n\n  \n'],
    ['analyze-logs/empty-file', gzipSync('')],
    ['analyze-logs/binary-file', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0])],
    ['analyze-logs/binary-file', gzipSync(Buffer.alloc(5000))],
    ['analyze-logs/damaged-gzip', gzipSync(LINE.repeat(5000)).subarray(0, 60)],
  ])('refuses with %s what it cannot read', async (code, content) => {
    const outcome = await runOn(content);
    expect([outcome.code, outcome.output.error?.code]).toEqual([1, code]);
    expect(outcome.output.error?.message).toContain('"x.log"');
  });

  it('names a zip archive for what it is', async () => {
    const outcome = await runOn(Buffer.from('504b0304140000000800000000000000', 'hex'));
    expect(outcome.output.error?.message).toContain('a zip archive');
  });

  it.each([
    ['not JSON', 'analyze-logs/bad-input'],
    ['{}', 'analyze-logs/bad-input'],
    ['{"files":[]}', 'analyze-logs/bad-input'],
    ['{"files":[{"name":"a"}]}', 'analyze-logs/bad-input'],
    ['{"files":[{"name":"a","path":"/nowhere/a"}],"time_range":"yesterday"}', 'analyze-logs/bad-time-range'],
    [
      '{"files":[{"name":"a","path":"/nowhere/a"}],"time_range":"2026-11-22/2026-11-21"}',
      'analyze-logs/bad-time-range',
    ],
    ['{"files":[{"name":"a","path":"/nowhere/a"}]}', 'analyze-logs/unreadable-file'],
    ['{"files":[{"name":"a","path":"/"}]}', 'analyze-logs/unreadable-file'],
  ])('answers %s with %s and a sentence', (input, code) => {
    const outcome = run(input);
    expect([outcome.code, outcome.output.error?.code]).toEqual([1, code]);
    expect(outcome.output.error?.message).toMatch(/^["A-Z].*\.$/);
    expect(outcome.errors).not.toContain('    at ');
  });

  it('says so when nothing lies within the time range', async () => {
    const outcome = await runOn(LINE, { time_range: '2026-11-22/2026-11-23' });
    expect(outcome.output.error?.code).toBe('analyze-logs/nothing-in-range');
  });

  it('tells two files of one name apart', async () => {
    const outcome = await withFiles({ 'a.log': LINE }, async ([file]) => run(JSON.stringify({ files: [file, file] })));
    expect(JSON.stringify(outcome.output)).toContain('"a.log (2)"');
  });
});
