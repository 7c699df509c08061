import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentationFaults } from './documentation.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

const onDisk = (path: string): string | undefined => {
  const found = statSync(join(ROOT, path), { throwIfNoEntry: false });
  return found?.isFile() ? readFileSync(join(ROOT, path), 'utf8') : found && '';
};

const held = new Map([
  ['docs/adr', ''],
  ['docs/adr/0001.md', 'x'],
  ['libs/log/src/log.ts', 'x'],
  ['examples/tool.yaml', 'name: a\n'],
]);
const faults = (path: string, content: string) => documentationFaults([{ path, content }], (file) => held.get(file));

describe('what is written about Voorman', () => {
  it('links to, names and quotes what this clone holds', () => {
    const files = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT })];
    const texts = files.map((path) => ({ path, content: readFileSync(join(ROOT, path), 'utf8') }));
    expect(documentationFaults(texts, onDisk)).toEqual([]);
  });

  it('may link from where it stands, and out into the world', () => {
    expect(
      faults('docs/README.md', 'See [one](adr/0001.md#why), [all](adr), [it](https://a.example/b), [up](#top).'),
    ).toEqual([]);
    expect(faults('docs/README.md', 'See [two](adr/0002.md).')).toEqual([
      'docs/README.md links to adr/0002.md, which is not there.',
    ]);
  });

  it('names files that are there, and the output of builds and tests as it likes', () => {
    expect(faults('README.md', '`libs/log/src/log.ts`, `test/crash/reports/crash.json`, `log.<target>`')).toEqual([]);
    expect(faults('README.md', '`libs/log/src/gone.ts`')).toEqual([
      'README.md names libs/log/src/gone.ts, which is not there.',
    ]);
  });

  it('shows a file as it is', () => {
    const shown = (text: string) => `<!-- examples/tool.yaml -->\n\`\`\`yaml\n${text}\`\`\`\n`;
    expect(faults('README.md', shown('name: a\n'))).toEqual([]);
    expect(faults('README.md', shown('name: b\n'))).toEqual([
      'README.md shows examples/tool.yaml otherwise than it is.',
    ]);
  });
});
