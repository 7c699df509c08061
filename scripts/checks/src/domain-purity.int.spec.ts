import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

describe('a domain folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'voorman-domain-'));
    copyFileSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
    spawnSync('git', ['init', '--quiet', folder]); // biome.json asks for a repository
    writeFileSync(join(folder, '.gitignore'), '');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('may import floor 0 and its own files', () => {
    const code = [
      "import type { Decider } from '@voorman/decider';",
      "import { start } from './start.ts';",
      '',
      'export const call: Decider = start();',
      '',
    ];
    expect(lint('apps/gateway/src/domain/call.ts', code)).toBe('');
  });

  it.each([
    ['the file system', "import { readFileSync } from 'node:fs';\n\nexport const call = readFileSync('a');"],
    ['a driver', "import { connect } from '@nats-io/transport-node';\n\nexport const call = connect();"],
    ['a higher floor', "import { append } from '@voorman/log';\n\nexport const call = append();"],
    ['an adapter', "import { send } from '../adapters/http.ts';\n\nexport const call = send();"],
  ])('is refused %s', (_what, code) => {
    expect(lint('apps/gateway/src/domain/call.ts', [code, ''])).toContain('noRestrictedImports');
  });

  it.each(['Date.now()', 'crypto.randomUUID()', 'process.env', "fetch('/a')", 'setTimeout(() => 1, 1)'])(
    'is refused %s',
    (expression) => {
      const code = `export const call = () => ${expression};`;
      expect(lint('apps/gateway/src/domain/call.ts', [code, ''])).toContain('noRestrictedGlobals');
    },
  );

  it('is refused what an adapter beside it may do', () => {
    const code = ["import { readFileSync } from 'node:fs';", '', "export const file = readFileSync('a');", ''];
    expect(lint('apps/gateway/src/adapters/file.ts', code)).toBe('');
    expect(lint('apps/gateway/src/domain/file.ts', code)).not.toBe('');
  });

  /** The errors that the linter reports on one file under the house's configuration; empty when there are none. */
  function lint(path: string, lines: readonly string[]): string {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), lines.join('\n'));
    const biome = join(ROOT, 'node_modules', '.bin', 'biome');
    const run = spawnSync(biome, ['lint', '--diagnostic-level=error', path], { cwd: folder, encoding: 'utf8' });
    return run.status === 0 ? '' : run.stdout + run.stderr;
  }
});
