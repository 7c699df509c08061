import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SigningKey, Trust } from '@voorman/signing';
import { beforeEach, describe, expect, it } from 'vitest';
import { type PreparedTool, signTool, toPublish } from './prepared-tool.js';
import { RegistryStore } from './registry-store.js';
import { digestOfStatement } from './statement.js';
import { aTool, NOON, Objects, scratch, someKey, trusting } from './testing/sample.js';
import { statementOf } from './tool-files.js';
import { pack } from './tool-package.js';
import { type LeftOut, ToolShelf } from './tool-shelf.js';

let key: SigningKey;
let stranger: SigningKey;
beforeEach(async () => {
  [key, stranger] = [await someKey(), await someKey()];
});

/** A shelf on a store, at noon unless told otherwise. */
class Setting {
  readonly objects = new Objects();
  readonly store = new RegistryStore(this.objects);
  nowMs = NOON;
  trust: Trust = trusting([key]);
  leftOut: readonly LeftOut[] = [];
  readonly troubles: unknown[] = [];
  constructor(readonly folder: string) {}

  shelf(): ToolShelf {
    return new ToolShelf({
      source: this.objects,
      trust: async () => this.trust,
      folder: this.folder,
      nowMs: () => this.nowMs,
      report: {
        current: () => undefined,
        leftOut: (problems) => {
          this.leftOut = problems;
        },
        trouble: (fault) => this.troubles.push(fault),
      },
    });
  }
  async publish(...tools: PreparedTool[]) {
    return await this.store.publish(tools.map(toPublish), 'a test', this.nowMs);
  }
}

const namesOn = (shelf: ToolShelf, revision?: string) =>
  [...(revision === undefined ? shelf.tools() : shelf.tools(revision))].map(
    ([name, { manifest }]) => `${name} ${manifest.version}`,
  );
const whyOf = (shelf: ToolShelf) => shelf.problems.map(({ tool, fault }) => `${tool}: ${fault.code}`);

describe('the shelf of a gateway', () => {
  it('holds signed tools, laid out under their digest, and nothing else', async () => {
    await using root = await scratch();
    const setting = new Setting(join(root.path, 'tools'));
    const good = signTool(await aTool(root.path), [key]);
    await setting.publish(
      good,
      await aTool(root.path, { name: 'unsigned' }),
      signTool(await aTool(root.path, { name: 'strange' }), [stranger]),
    );
    const shelf = setting.shelf();
    await shelf.look();
    expect(namesOn(shelf)).toEqual(['echo 1.0.0']);
    expect(whyOf(shelf)).toEqual(['unsigned: signing/unsigned', 'strange: signing/stranger']);
    expect(setting.leftOut.map((each) => each.tool)).toEqual(['unsigned', 'strange']);
    const { folder } = shelf.tools().get('echo')?.manifest ?? { folder: '' };
    expect(folder).toBe(join(root.path, 'tools', good.digest.replace('sha256:', '')));
    expect(await readFile(join(folder, 'main.js'), 'utf8')).toContain('process.stdin');
  });

  it('takes no package whose files are others than were signed', async () => {
    await using root = await scratch();
    const setting = new Setting(join(root.path, 'tools'));
    const signed = signTool(await aTool(root.path), [key]);
    const evil = pack(
      signed.files.map((file) => (file.path === 'main.js' ? { ...file, content: Buffer.from('evil') } : file)),
    );
    await setting.store.publish([{ ...toPublish(signed), package: evil }], 'somebody', NOON);
    const shelf = setting.shelf();
    await shelf.look();
    expect([namesOn(shelf), whyOf(shelf)]).toEqual([[], ['echo: signing/changed']]);
  });

  it('takes no signature of one tool for another', async () => {
    await using root = await scratch();
    const setting = new Setting(join(root.path, 'tools'));
    const [mild, wild] = [signTool(await aTool(root.path), [key]), await aTool(root.path, { name: 'wild' })];
    await setting.store.publish(
      [
        { ...toPublish(wild), envelope: mild.envelope ?? expect.fail() },
        { ...toPublish(mild), version: '9.0.0' },
      ],
      'somebody',
      NOON,
    );
    const shelf = setting.shelf();
    await shelf.look();
    expect([namesOn(shelf), whyOf(shelf)]).toEqual([[], ['wild: signing/changed', 'echo: signing/changed']]);
  });

  it('leaves out a tool whose schema is none, and goes on with the others', async () => {
    await using root = await scratch();
    const setting = new Setting(join(root.path, 'tools'));
    const sound = signTool(await aTool(root.path, { name: 'sound' }), [key]);
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

  it('takes no digest but that of what was signed', async () => {
    await using root = await scratch();
    const setting = new Setting(join(root.path, 'tools'));
    const signed = toPublish(signTool(await aTool(root.path), [key]));
    await setting.store.publish([{ ...signed, digest: `sha256:${'0'.repeat(64)}` }], 'somebody', NOON);
    const shelf = setting.shelf();
    await shelf.look();
    expect([namesOn(shelf), whyOf(shelf)]).toEqual([[], ['echo: signing/changed']]);
  });

  it('asks for as many signers as the trust folder says', async () => {
    await using root = await scratch();
    const setting = new Setting(join(root.path, 'tools'));
    setting.trust = trusting([key, stranger], {}, 2);
    await setting.publish(
      signTool(await aTool(root.path), [key]),
      signTool(await aTool(root.path, { name: 'both' }), [key, stranger]),
    );
    const shelf = setting.shelf();
    await shelf.look();
    expect([namesOn(shelf), whyOf(shelf)]).toEqual([['both 1.0.0'], ['echo: signing/too-few']]);
  });

  it('lets go of a tool in the instant in which trust in its signer ends', async () => {
    await using root = await scratch();
    const setting = new Setting(join(root.path, 'tools'));
    await setting.publish(signTool(await aTool(root.path), [key]));
    const shelf = setting.shelf();
    await shelf.look();
    setting.nowMs = Date.parse('2026-03-01T23:59:59.999Z');
    expect(namesOn(shelf)).toEqual(['echo 1.0.0']);
    setting.nowMs += 1;
    expect([namesOn(shelf), whyOf(shelf)]).toEqual([[], ['echo: signing/expired']]);
    // And a clock that jumps to before it began finds nothing either.
    setting.nowMs = Date.parse('2026-02-28T23:59:59Z');
    expect(namesOn(shelf)).toEqual([]);
    setting.nowMs = NOON;
    expect(namesOn(shelf)).toEqual(['echo 1.0.0']);
  });

  it('takes a tool as soon as trust in its signer has begun', async () => {
    await using root = await scratch();
    const setting = new Setting(join(root.path, 'tools'));
    await setting.publish(signTool(await aTool(root.path), [key]));
    const shelf = setting.shelf();
    setting.nowMs = Date.parse('2026-02-28T23:59:59Z');
    await shelf.look();
    expect(whyOf(shelf)).toEqual(['echo: signing/expired']);
    setting.nowMs += 1_000;
    expect(whyOf(shelf)).toEqual(['echo: registry/not-laid-out']);
    await shelf.look();
    expect([namesOn(shelf), whyOf(shelf)]).toEqual([['echo 1.0.0'], []]);
  });

  it('lets go of a tool whose signer is revoked, without a restart', async () => {
    await using root = await scratch();
    const setting = new Setting(join(root.path, 'tools'));
    await setting.publish(signTool(await aTool(root.path), [key]));
    const shelf = setting.shelf();
    await shelf.look();
    setting.trust = trusting([key], { revoked: true });
    await shelf.look();
    expect([namesOn(shelf), whyOf(shelf)]).toEqual([[], ['echo: signing/revoked']]);
  });

  it('obeys a revocation while the store is out of reach', async () => {
    await using root = await scratch();
    const setting = new Setting(join(root.path, 'tools'));
    await setting.publish(signTool(await aTool(root.path), [key]));
    const shelf = setting.shelf();
    await shelf.look();
    expect(namesOn(shelf)).toEqual(['echo 1.0.0']);
    setting.objects.reachable = false;
    setting.trust = trusting([key], { revoked: true });
    await shelf.look();
    expect(namesOn(shelf)).toEqual([]);
  });

  it('keeps the versions that a session began with, also over a restart', async () => {
    await using root = await scratch();
    const setting = new Setting(join(root.path, 'tools'));
    const before = await setting.publish(signTool(await aTool(root.path), [key]));
    const shelf = setting.shelf();
    await shelf.look();
    const after = await setting.publish(signTool(await aTool(root.path, { version: '2.0.0' }), [key]));
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
    await using root = await scratch();
    const setting = new Setting(join(root.path, 'tools'));
    await setting.publish(signTool(await aTool(root.path, { files: { 'main.js': '', 'src/deep/a.js': '' } }), [key]));
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
    await using root = await scratch();
    const setting = new Setting(join(root.path, 'tools'));
    await setting.publish(signTool(await aTool(root.path), [key]));
    const shelf = setting.shelf();
    await shelf.look();
    const main = join(shelf.tools().get('echo')?.manifest.folder ?? '', 'main.js');
    await writeFile(main, 'evil');
    await setting.shelf().look();
    expect(await readFile(main, 'utf8')).toContain('process.stdin');
  });

  it('stays as it is where the store is out of reach or holds nonsense, and says so once', async () => {
    await using root = await scratch();
    const setting = new Setting(join(root.path, 'tools'));
    await setting.publish(signTool(await aTool(root.path), [key]));
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
    await using root = await scratch();
    const setting = new Setting(join(root.path, 'tools'));
    const tool = signTool(await aTool(root.path), [key]);
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
    await using root = await scratch();
    const setting = new Setting(join(root.path, 'tools'));
    const tool = signTool(await aTool(root.path), [key]);
    await setting.publish(tool);
    setting.objects.puts.length = 0;
    await setting.publish(tool);
    expect(setting.objects.puts).not.toContain('registry');
    await setting.publish(signTool(tool, [stranger]));
    expect(setting.objects.puts).toContain('registry');
  });
});
