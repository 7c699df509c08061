import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aTool, scratch } from './testing/sample.js';
import { readToolFiles } from './tool-files.js';

describe('the files of a tool', () => {
  it('are its folder without tests, installed packages, hidden files and signatures', async () => {
    await using root = await scratch();
    const left = ['.env', '.git/HEAD', 'node_modules/x/index.js', 'src/a.spec.ts', 'reports/r.json', 'dist/a.js'];
    const files = Object.fromEntries(
      [...left, 'src/a.ts', 'package.json', 'tool.dsse.json'].map((path) => [path, '{}']),
    );
    const { tool } = await aTool(root.path, {
      files: { ...files, 'tool.dsse.json': '{"payloadType":"t","payload":"","signatures":[]}' },
    });
    expect((await readToolFiles(tool)).map((each) => each.path)).toEqual(['package.json', 'src/a.ts', 'tool.yaml']);
  });

  it('remember what may be run', async () => {
    await using root = await scratch();
    const { tool } = await aTool(root.path);
    await chmod(join(tool.folder, 'main.js'), 0o755);
    const [main, manifest] = await readToolFiles(tool);
    expect([main?.executable, manifest?.executable]).toEqual([true, false]);
  });

  it('are none where one is a link: it leads to what nobody signed', async () => {
    await using root = await scratch();
    const { tool } = await aTool(root.path);
    await symlink('/etc/passwd', join(tool.folder, 'words.txt'));
    await expect(readToolFiles(tool)).rejects.toThrow('words.txt is a link');
  });

  it('are none where one has a name that not every disk can hold', async () => {
    await using root = await scratch();
    const { tool } = await aTool(root.path);
    await mkdir(join(tool.folder, 'src'));
    await writeFile(join(tool.folder, 'src', 'a:b'), '');
    await expect(readToolFiles(tool)).rejects.toThrow('not every disk can hold');
  });
});
