import { existsSync } from 'node:fs';
import { cp, lstat, mkdir, readFile, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type PreparedTool,
  parseIndex,
  REGISTRY_INDEX,
  RegistryStore,
  revisionOfTools,
  signTool,
  ToolShelf,
  toPublish,
} from '@voorman/distribution';
import { aTool, NOON, Objects, scratch, someKey, trusting } from '@voorman/distribution/testing';
import type { SigningKey, Trust } from '@voorman/signing';
import { beforeEach, describe, expect, it } from 'vitest';

let key: SigningKey;
beforeEach(async () => {
  key = await someKey();
});

/** A gateway's shelf over a store that somebody may have got hold of. */
class Scene {
  readonly objects = new Objects();
  readonly store = new RegistryStore(this.objects);
  trust: Trust = trusting([key]);
  constructor(readonly folder: string) {}

  async shelf(): Promise<ToolShelf> {
    const ignored = () => undefined;
    const shelf = new ToolShelf({
      source: this.objects,
      trust: async () => this.trust,
      folder: join(this.folder, 'tools'),
      nowMs: () => NOON,
      report: { current: ignored, leftOut: ignored, trouble: ignored },
    });
    await shelf.look();
    return shelf;
  }
  async publish(...tools: PreparedTool[]) {
    return await this.store.publish(
      tools.map((tool) => toPublish(signTool(tool, [key]))),
      'a test',
      NOON,
    );
  }
}
const folderOf = (shelf: ToolShelf, tool = 'echo') => shelf.tools().get(tool)?.manifest.folder ?? '';
const versionOf = (shelf: ToolShelf) => shelf.tools().get('echo')?.manifest.version;

describe('an attack on what was laid out', () => {
  it.each([
    ['a module where the program looks for one', 'node_modules/lodash/index.js'],
    ['settings of the program', '.env'],
    ['another file beside it', 'plugin.js'],
    ['a package description that changes how files are read', 'package.json'],
  ])('by %s is undone at the next start', async (_what, path) => {
    await using root = await scratch();
    const scene = new Scene(root.path);
    await scene.publish(await aTool(root.path));
    const planted = join(folderOf(await scene.shelf()), path);
    await mkdir(dirname(planted), { recursive: true });
    await writeFile(planted, 'evil');
    const again = await scene.shelf();
    expect(versionOf(again)).toBe('1.0.0');
    expect(existsSync(planted)).toBe(false);
  });

  it.each(['file', 'folder'])('by a link in the place of a %s, to the very same content, is undone', async (which) => {
    await using root = await scratch();
    const scene = new Scene(root.path);
    await scene.publish(await aTool(root.path));
    const folder = folderOf(await scene.shelf());
    const mine = join(root.path, 'mine');
    if (which === 'folder') {
      await rename(folder, mine);
      await symlink(mine, folder);
    } else {
      await cp(join(folder, 'main.js'), mine);
      await unlink(join(folder, 'main.js'));
      await symlink(mine, join(folder, 'main.js'));
    }
    const again = folderOf(await scene.shelf());
    // What was the same when it was looked at is changed afterwards.
    await writeFile(which === 'folder' ? join(mine, 'main.js') : mine, 'evil');
    expect(await readFile(join(again, 'main.js'), 'utf8')).not.toBe('evil');
    expect((await lstat(again)).isSymbolicLink()).toBe(false);
  });
});

describe('an attack by whoever can write into the store', () => {
  /*
   * An older index is no forgery: everything in it was signed. Whoever may write the store can bring it back for as long
   * as its signers are trusted; what ends that is that they no longer are.
   */
  it('by an older index brings an older tool back, until trust in its signer ends', async () => {
    await using root = await scratch();
    const scene = new Scene(root.path);
    await scene.publish(await aTool(root.path));
    const older = (await scene.objects.get(REGISTRY_INDEX)) ?? new Uint8Array();
    await scene.publish(await aTool(root.path, { version: '1.0.1' }));
    expect(versionOf(await scene.shelf())).toBe('1.0.1');
    await scene.objects.put(REGISTRY_INDEX, older);
    expect(versionOf(await scene.shelf())).toBe('1.0.0');
    scene.trust = trusting([key], { revoked: true });
    expect(versionOf(await scene.shelf())).toBeUndefined();
  });

  it('by an index that puts the envelope of one version under another finds nobody who believes it', async () => {
    await using root = await scratch();
    const scene = new Scene(root.path);
    const [older, newer] = await Promise.all(
      ['1.0.0', '1.0.1'].map(async (version) => signTool(await aTool(root.path, { version }), [key])),
    );
    if (older === undefined || newer === undefined) throw new Error('There is no tool.');
    await scene.store.publish([toPublish(older), toPublish(newer)].slice(1), 'a test', NOON);
    const index = parseIndex((await scene.objects.get(REGISTRY_INDEX)) ?? new Uint8Array());
    const forged = index.tools.map((tool) => ({ ...tool, envelope: toPublish(older).envelope }));
    const bytes = JSON.stringify({ ...index, revision: revisionOfTools(forged), tools: forged });
    await scene.objects.put(REGISTRY_INDEX, new TextEncoder().encode(bytes));
    expect(versionOf(await scene.shelf())).toBeUndefined();
  });

  it.each(['../evil', 'éch0', 'echo\u200b', 'ｅｃｈｏ', 'еcho', '__proto__/x', 'echo ', '', 'a.b', '{{x}}'])(
    'by a tool that is called %j is no index',
    (name) => {
      const digest = `sha256:${'0'.repeat(64)}`;
      const envelope = { payloadType: 'x', payload: '', signatures: [] };
      const tools = [{ name, version: '1.0.0', digest, envelope }];
      const index = { format: 1, revision: revisionOfTools(tools), created_at: new Date(NOON).toISOString() };
      const bytes = new TextEncoder().encode(JSON.stringify({ ...index, published_by: 'x', tools }));
      expect(() => parseIndex(bytes)).toThrow();
    },
  );

  it('by a name of every object leads to no tool that nobody published', async () => {
    await using root = await scratch();
    const scene = new Scene(root.path);
    await scene.publish(await aTool(root.path, { name: 'constructor' }), await aTool(root.path));
    const shelf = await scene.shelf();
    expect(shelf.tools().get('constructor')?.manifest.name).toBe('constructor');
    expect(shelf.tools().get('__proto__')).toBeUndefined();
    expect(shelf.digestOf('toString')).toBeUndefined();
  });

  it('by a package with a key twice, of which one reader takes the first and another the last', async () => {
    await using root = await scratch();
    const scene = new Scene(root.path);
    const files = { 'main.js': 'good\n' };
    const tool = signTool(await aTool(root.path, { files }), [key]);
    await scene.store.publish([toPublish(tool)], 'a test', NOON);
    const { gzipSync, gunzipSync } = await import('node:zlib');
    const name = `tool-${tool.digest.replace('sha256:', '')}`;
    const text = gunzipSync((await scene.objects.get(name)) ?? new Uint8Array()).toString();
    const evil = Buffer.from('evil\n').toString('base64');
    const good = Buffer.from('good\n').toString('base64');
    await scene.objects.put(
      name,
      gzipSync(text.replace(`"content":"${good}"`, `"content":"${good}","content":"${evil}"`)),
    );
    expect(versionOf(await scene.shelf())).toBeUndefined();
  });
});
