import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { differenceLines, differences } from './difference.js';
import { folderAt } from './git-history.js';
import { snapshotOfFolders } from './snapshot.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'voorman-difference-'));
  git('init', '-q');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: root, encoding: 'utf8' });
const registry = () => join(root, 'registry');

async function writeTool(name: string, version: string, input: string, program = ''): Promise<void> {
  const folder = join(registry(), 'tools', name);
  await mkdir(folder, { recursive: true });
  const text = `name: ${name}\nversion: ${version}\ntype: process\ncommand: [node, main.js]\nschema: { input: ${input} }\n`;
  await writeFile(join(folder, 'tool.yaml'), text);
  await writeFile(join(folder, 'main.js'), program);
}
function commit(): void {
  git('add', '.');
  git('commit', '-qm', 'x');
}
async function linesSince(revision: string): Promise<readonly string[]> {
  await using then = await folderAt(registry(), revision);
  const [before, after] = [await snapshotOfFolders('then', [then.path]), await snapshotOfFolders('now', [registry()])];
  return differences(before, after).flatMap(differenceLines);
}

describe('the difference between a commit and the folders', () => {
  it('is told in plain words, with the version that it needs', async () => {
    await writeTool('search', '1.0.0', '{ query: string }');
    await writeTool('gone', '1.0.0', '{}');
    commit();
    await writeTool('search', '1.1.0', '{ query: string, limit: integer }', 'changed');
    await rm(join(registry(), 'tools/gone'), { recursive: true });
    await writeTool('fresh', '0.1.0', '{}');
    expect(await linesSince('HEAD')).toEqual([
      'fresh 0.1.0 is new.',
      'gone 1.0.0 is gone.',
      'search 1.0.0 became 1.1.0:',
      expect.stringMatching(/^ {2}input: \/limit is required now\..* This breaks whoever uses it\.$/),
      '  input: /limit is new.',
      '  files changed: main.js.',
      '  These changes need version 2.0.0 or later.',
    ]);
  });

  it('is a changed program under an old version too', async () => {
    await writeTool('search', '1.0.0', '{}');
    commit();
    await writeTool('search', '1.0.0', '{}', 'changed');
    expect(await linesSince('HEAD')).toEqual([
      'search 1.0.0, under the same version:',
      '  files changed: main.js.',
      '  These changes need version 1.0.1 or later.',
    ]);
  });

  it('touches neither the working tree nor the index', async () => {
    await writeTool('search', '1.0.0', '{}');
    commit();
    await writeTool('search', '2.0.0', '{}');
    git('add', '.');
    const before = git('status', '--porcelain=v2');
    await linesSince('HEAD');
    expect(git('status', '--porcelain=v2')).toBe(before);
  });

  it('is none where the commit did not have the folder, and a fault where there is no such commit', async () => {
    await writeFile(join(root, 'README'), '');
    commit();
    await writeTool('search', '1.0.0', '{}');
    await expect(linesSince('HEAD')).resolves.toEqual(['search 1.0.0 is new.']);
    await expect(linesSince('nothing')).rejects.toMatchObject({ code: 'cli/bad-file' });
    await expect(linesSince('--output=/tmp/x')).rejects.toMatchObject({ code: 'cli/bad-file' });
  });
});
