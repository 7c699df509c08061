import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SigningKey } from '@voorman/signing';
import { beforeEach, describe, expect, it } from 'vitest';
import { signTool, toPublish } from './prepared-tool.js';
import { digestOfStatement } from './statement.js';
import { aTool, NOON, someKey } from './testing/sample.js';
import { namesOn, ShelfSetting, whyOf } from './testing/shelf-setting.js';
import { statementOf } from './tool-files.js';

let key: SigningKey;
let stranger: SigningKey;
beforeEach(async () => {
  [key, stranger] = [await someKey(), await someKey()];
});

describe('the shelf of a gateway', () => {
  it('leaves out a tool whose schema is none, and goes on with the others', async () => {
    await using setting = await ShelfSetting.open([key]);
    const sound = signTool(await aTool(setting.root, { name: 'sound' }), [key]);
    const manifest = `name: odd\nversion: 1.0.0\ntype: process\ncommand: [x]\nschema: { input: { type: object, properties: { a: { type: text } } } }\n`;
    const files = [{ path: 'tool.yaml', content: Buffer.from(manifest), executable: false }];
    const statement = statementOf({ name: 'odd', version: '1.0.0' }, files);
    const odd = signTool({ ...sound, files, statement, digest: digestOfStatement(statement), envelope: undefined }, [
      key,
    ]);
    await setting.store.publish([{ ...toPublish(odd), name: 'odd' }, toPublish(sound)], 'somebody', NOON);
    const shelf = setting.shelf();
    await shelf.look();
    expect([namesOn(shelf), whyOf(shelf)]).toEqual([['sound 1.0.0'], ['odd: registry/unusable-package']]);
  });

  it('keeps the versions that a session began with, also over a restart', async () => {
    await using setting = await ShelfSetting.open([key]);
    const before = await setting.publish(signTool(await aTool(setting.root), [key]));
    const shelf = setting.shelf();
    await shelf.look();
    const after = await setting.publish(signTool(await aTool(setting.root, { version: '2.0.0' }), [key]));
    await shelf.look();
    expect([shelf.revision, namesOn(shelf)]).toEqual([after.revision, ['echo 2.0.0']]);
    expect(namesOn(shelf, before.revision)).toEqual(['echo 1.0.0']);
    const restarted = setting.shelf();
    await restarted.look();
    expect(namesOn(restarted, before.revision)).toEqual([]);
    expect((await restarted.toolsOf(before.revision)).get('echo')?.manifest.version).toBe('1.0.0');
    expect((await restarted.toolsOf('0123456789abcdef')).size).toBe(0);
  });

  it('lets a sandbox read what it laid out, whatever the umask', async () => {
    await using setting = await ShelfSetting.open([key]);
    await setting.publish(
      signTool(await aTool(setting.root, { files: { 'main.js': '', 'src/deep/a.js': '' } }), [key]),
    );
    const shelf = setting.shelf();
    const before = process.umask(0o077);
    try {
      await shelf.look();
    } finally {
      process.umask(before);
    }
    const { folder } = shelf.tools().get('echo')?.manifest ?? { folder: '' };
    const modeOf = async (path: string) => (await stat(join(folder, path))).mode & 0o777;
    const modes = await Promise.all(['.', 'src', 'src/deep', 'src/deep/a.js', 'tool.yaml'].map(modeOf));
    expect(modes).toEqual([0o755, 0o755, 0o755, 0o644, 0o644]);
  });

  it('lays out anew what somebody changed on the disk', async () => {
    await using setting = await ShelfSetting.open([key]);
    await setting.publish(signTool(await aTool(setting.root), [key]));
    const shelf = setting.shelf();
    await shelf.look();
    const main = join(shelf.tools().get('echo')?.manifest.folder ?? '', 'main.js');
    await writeFile(main, 'evil');
    await setting.shelf().look();
    expect(await readFile(main, 'utf8')).toContain('process.stdin');
  });

  it('stays as it is where the store is out of reach or holds nonsense, and says so once', async () => {
    await using setting = await ShelfSetting.open([key]);
    await setting.publish(signTool(await aTool(setting.root), [key]));
    const shelf = setting.shelf();
    await shelf.look();
    setting.objects.reachable = false;
    await shelf.look();
    await shelf.look();
    setting.objects.reachable = true;
    await setting.objects.put('registry', Buffer.from('{"format":1}'));
    await shelf.look();
    expect([namesOn(shelf), setting.troubles.length]).toEqual([['echo 1.0.0'], 2]);
  });

  it('finds a package mended that was damaged in the store, once it is published again', async () => {
    await using setting = await ShelfSetting.open([key]);
    const tool = signTool(await aTool(setting.root), [key]);
    await setting.publish(tool);
    const name = `tool-${tool.digest.replace('sha256:', '')}`;
    await setting.objects.put(name, Buffer.from('damaged'));
    const shelf = setting.shelf();
    await shelf.look();
    expect([namesOn(shelf), whyOf(shelf)]).toEqual([[], ['echo: registry/unusable-package']]);
    await setting.publish(tool);
    await shelf.look();
    expect(namesOn(shelf)).toEqual(['echo 1.0.0']);
  });

  it('is told nothing where the same tools are published again', async () => {
    await using setting = await ShelfSetting.open([key]);
    const tool = signTool(await aTool(setting.root), [key]);
    await setting.publish(tool);
    setting.objects.puts.length = 0;
    await setting.publish(tool);
    expect(setting.objects.puts).not.toContain('registry');
    await setting.publish(signTool(tool, [stranger]));
    expect(setting.objects.puts).toContain('registry');
  });
});
