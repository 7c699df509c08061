import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundles } from '@voorman/log';
import { MemoryStore, memoryConnection } from '@voorman/log/memory';
import { loadRegistry } from '@voorman/registry';
import { ensureSigningKey, loadTrust, type SigningKey } from '@voorman/signing';
import { createTarGzip } from 'nanotar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publishTools } from './publish.js';
import { decodeIndex, encodeIndex, packageObject, REGISTRY_INDEX } from './registry-index.js';
import { Shelf } from './shelf.js';
import { besideManifest, signFolderTool } from './signatures.js';

let root: string;
let store: Bundles;
let key: SigningKey;
let nowMs = Date.parse('2026-11-21T12:00:00Z');
const shelves: Shelf[] = [];
const told: string[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'voorman-shelf-'));
  store = memoryConnection(new MemoryStore(), 'cli').bundles;
  key = await ensureSigningKey(join(root, 'keys', 'ops.pem'));
  nowMs = Date.parse('2026-11-21T12:00:00Z');
  await trust('ops', key);
});
afterEach(async () => {
  for (const shelf of shelves.splice(0)) shelf.stop();
  told.length = 0;
  await rm(root, { recursive: true });
});

async function trust(name: string, { publicKey }: SigningKey, more: Record<string, unknown> = {}): Promise<void> {
  await mkdir(join(root, 'trust'), { recursive: true });
  const file = {
    name,
    public_key: publicKey,
    valid_from: '2026-01-01T00:00:00Z',
    valid_until: '2027-01-01T00:00:00Z',
    ...more,
  };
  await writeFile(join(root, 'trust', `${name}.json`), JSON.stringify(file));
}

async function tool(name: string, version = '1.0.0', source = 'console.log("{}");'): Promise<string> {
  const folder = join(root, 'registry', 'tools', name);
  await mkdir(folder, { recursive: true });
  const manifest = `name: ${name}\nversion: ${version}\ntype: process\neffect: read\ncommand: [node, main.mjs]\nschema: { input: {}, output: {} }\n`;
  await writeFile(join(folder, 'tool.yaml'), manifest);
  await writeFile(join(folder, 'main.mjs'), source);
  return folder;
}

async function sign(by = key, expiresAt?: string): Promise<void> {
  const { tools } = await loadRegistry(join(root, 'registry'));
  for (const each of tools) await signFolderTool(each, by, besideManifest(each), expiresAt);
}

const publish = async () =>
  publishTools({
    tools: (await loadRegistry(join(root, 'registry'))).tools,
    signatureFolders: [],
    trust: await loadTrust([join(root, 'trust')]),
    store,
    by: 'ops',
    nowMs,
  });

async function shelf(): Promise<Shelf> {
  const opened = await Shelf.open({
    store,
    trust: () => loadTrust([join(root, 'trust')]),
    folder: join(root, 'unpacked'),
    nowMs: () => nowMs,
    report: {
      installed: (revision) => told.push(`installed ${revision}`),
      refused: ({ tool: name, problem }) => told.push(`${name} ${problem.code}`),
      failed: (fault) => told.push(`failed ${String(fault)}`),
    },
  });
  shelves.push(opened);
  return opened;
}

const names = async (opened: Shelf, revision?: string) => [...(await opened.tools(revision)).keys()].sort();

describe('a shelf of signed tools', () => {
  it('holds what was signed and published, in a folder of its own', async () => {
    await tool('look_up');
    await sign();
    const { revision, refused } = await publish();
    const opened = await shelf();
    expect(refused).toEqual([]);
    expect(opened.revision).toBe(revision);
    const held = (await opened.tools()).get('look_up');
    expect(held?.manifest).toMatchObject({ name: 'look_up', version: '1.0.0' });
    await expect(readFile(join(held?.manifest.folder ?? '', 'main.mjs'), 'utf8')).resolves.toContain('console.log');
  });

  it('holds nothing before anything was published', async () => {
    const opened = await shelf();
    expect(opened.revision).toBe('none');
    expect(await names(opened)).toEqual([]);
  });

  it('leaves out what is not signed, says which and why, and goes on with the rest', async () => {
    await tool('look_up');
    await sign();
    await tool('sneak_in');
    const { refused } = await publish();
    expect(refused).toMatchObject([{ tool: 'sneak_in', problem: { code: 'signing/unsigned' } }]);
    expect(await names(await shelf())).toEqual(['look_up']);
  });

  it('leaves out what was changed after it was signed, be it one byte of its program', async () => {
    const folder = await tool('look_up');
    await sign();
    await writeFile(join(folder, 'main.mjs'), 'console.log("{} ");');
    const { refused } = await publish();
    expect(refused).toMatchObject([{ tool: 'look_up', problem: { code: 'signing/changed' } }]);
  });

  it('leaves out what was signed by a stranger, or signed to count no longer than until yesterday', async () => {
    await tool('look_up');
    await sign(await ensureSigningKey(join(root, 'keys', 'mallory.pem')));
    expect((await publish()).refused).toMatchObject([{ problem: { code: 'signing/stranger' } }]);
    await sign(key, '2026-11-20T00:00:00Z');
    expect((await publish()).refused).toMatchObject([{ problem: { code: 'signing/expired' } }]);
  });

  it('takes no package whose content is another than what was signed, whoever put it into the store', async () => {
    await tool('look_up');
    await sign();
    await publish();
    const index = decodeIndex((await store.get(REGISTRY_INDEX)) ?? new Uint8Array());
    const digest = index.tools[0]?.digest ?? '';
    const manifest = await readFile(join(root, 'registry', 'tools', 'look_up', 'tool.yaml'));
    for (const entries of [
      [
        { name: 'tool.yaml', data: manifest },
        { name: 'main.mjs', data: 'process.exit(1)' },
      ],
      [{ name: 'tool.yaml', data: manifest }],
      [
        { name: 'tool.yaml', data: manifest },
        { name: 'main.mjs', data: 'console.log("{}");' },
        { name: '../../../evil.mjs', data: 'evil' },
      ],
    ]) {
      await store.put(packageObject(digest), new Uint8Array(await createTarGzip(entries)));
      const opened = await shelf();
      expect(await names(opened)).toEqual([]);
      expect(opened.refused).toMatchObject([{ tool: 'look_up', problem: { code: 'package/unusable' } }]);
    }
    expect((await readdir(root)).sort()).toEqual(['keys', 'registry', 'trust']);
  });

  it('takes no index that names another digest than was signed', async () => {
    await tool('look_up');
    await tool('other_tool');
    await sign();
    await publish();
    const index = decodeIndex((await store.get(REGISTRY_INDEX)) ?? new Uint8Array());
    const [first, second] = index.tools;
    if (first === undefined || second === undefined) throw new Error('two tools were published');
    const swapped = { ...index, tools: [{ ...first, digest: second.digest }, second] };
    await store.put(REGISTRY_INDEX, encodeIndex(swapped));
    const opened = await shelf();
    expect(opened.refused).toMatchObject([{ tool: first.name, problem: { code: 'signing/changed' } }]);
    expect(await names(opened)).toEqual([second.name]);
  });

  it('gives up a tool whose key is revoked, or whose time is over, while it runs', async () => {
    await tool('look_up');
    await sign();
    await publish();
    const opened = await shelf();
    expect(await names(opened)).toEqual(['look_up']);
    await trust('ops', key, { revoked: true });
    await opened.look();
    expect(await names(opened)).toEqual([]);
    expect(told).toContain('look_up signing/revoked');
    await trust('ops', key);
    nowMs = Date.parse('2027-01-01T00:00:00Z');
    await opened.look();
    expect(opened.refused).toMatchObject([{ problem: { code: 'signing/expired' } }]);
  });

  it('keeps older revisions for the sessions that began with them, also after a restart', async () => {
    await tool('look_up', '1.0.0');
    await sign();
    const old = await publish();
    const opened = await shelf();
    await tool('look_up', '2.0.0');
    await sign();
    const now = await publish();
    await expect.poll(() => opened.revision).toBe(now.revision);
    const versionIn = async (from: Shelf, revision: string) =>
      (await from.tools(revision)).get('look_up')?.manifest.version;
    const again = await shelf();
    for (const each of [opened, again]) {
      expect(await versionIn(each, old.revision)).toBe('1.0.0');
      expect(await versionIn(each, now.revision)).toBe('2.0.0');
    }
    await expect(again.tools('0000000000000000')).rejects.toMatchObject({ code: 'package/unknown-revision' });
  });

  it('mends what somebody changed where it is unpacked', async () => {
    await tool('look_up');
    await sign();
    await publish();
    const first = (await (await shelf()).tools()).get('look_up')?.manifest.folder ?? '';
    await chmod(join(first, 'main.mjs'), 0o644);
    await writeFile(join(first, 'main.mjs'), 'evil');
    const second = (await (await shelf()).tools()).get('look_up')?.manifest.folder ?? '';
    await expect(readFile(join(second, 'main.mjs'), 'utf8')).resolves.toContain('console.log');
  });

  it('keeps what is in force where the index cannot be read', async () => {
    await tool('look_up');
    await sign();
    await publish();
    const opened = await shelf();
    await store.put(REGISTRY_INDEX, new TextEncoder().encode('{"format":1}'));
    await opened.look();
    expect(await names(opened)).toEqual(['look_up']);
    expect(told.some((line) => line.startsWith('failed'))).toBe(true);
  });
});

describe('a tool’s folder', () => {
  it('with a link in it becomes no package', async () => {
    const folder = await tool('look_up');
    await symlink('/etc/hostname', join(folder, 'data.txt'));
    const { tools } = await loadRegistry(join(root, 'registry'));
    const [first] = tools;
    if (first === undefined) throw new Error('one tool was written');
    await expect(signFolderTool(first, key, besideManifest(first))).rejects.toMatchObject({ code: 'package/unusable' });
  });

  it('with a manifest beside others becomes a package of that manifest', async () => {
    await mkdir(join(root, 'registry', 'tools'), { recursive: true });
    const manifest =
      'name: ask\nversion: 1.0.0\ntype: api\nendpoint: https://corp.example/ask\nschema: { input: {}, output: {} }\n';
    await writeFile(join(root, 'registry', 'tools', 'ask.yaml'), manifest);
    await writeFile(join(root, 'registry', 'tools', 'notes.txt'), 'not ours');
    await sign();
    await publish();
    expect(await names(await shelf())).toEqual(['ask']);
  });
});
