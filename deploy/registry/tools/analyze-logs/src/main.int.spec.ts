import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFiles } from './testing/log.ts';

const LINE = '2026-11-21T10:00:00Z ERROR db unreachable';

function run(input: string) {
  const main = join(import.meta.dirname, 'main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [main], { input, encoding: 'utf8' });
  return { code: status, output: JSON.parse(stdout), errors: stderr };
}

describe('the program analyze_logs', () => {
  it('answers one JSON document and reports progress apart from it', async () => {
    const { code, output, errors } = await withFiles({ 'x.log': LINE }, async (files) =>
      run(JSON.stringify({ files })),
    );
    expect([code, output.lines]).toEqual([0, 1]);
    expect(output.evidence).toEqual([{ source: 'x.log', line: 1, text: LINE }]);
    expect(errors).toBe('x.log: 1 lines, text with ISO timestamps\n');
  });

  it('answers what it cannot do with a code, a sentence and nothing else', () => {
    const { code, output, errors } = run('{"files":[{"name":"a.log","path":"/nowhere/a.log"}]}');
    expect([code, errors]).toEqual([1, '']);
    expect(output).toEqual({
      error: {
        code: 'analyze-logs/unreadable-file',
        message: '"a.log" cannot be read: check that it exists and is a file.',
      },
    });
  });
});
