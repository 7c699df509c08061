import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LintedFolder, lintedFolder } from './testing/linted-folder.ts';

describe('a domain folder', () => {
  let folder: LintedFolder;
  beforeEach(() => {
    folder = lintedFolder();
  });
  afterEach(() => folder.remove());

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

  /** The errors of one file that says this. */
  function lint(path: string, lines: readonly string[]): string {
    folder.write(path, lines);
    return folder.lint(path);
  }
});
