import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pack, prepareTool, RegistryStore, signTool, toPublish } from '@voorman/distribution';
import { connectLog, type LogConnection } from '@voorman/log/jetstream';
import { startTestServer, type TestServer } from '@voorman/log/testing';
import { loadTool } from '@voorman/registry';
import { operatorLog } from '@voorman/service';
import { ensureSigningKey, type SigningKey } from '@voorman/signing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenShelf, openShelf } from './open-shelf.js';

let server: TestServer;
let root: string;
let key: SigningKey;
const connections: LogConnection[] = [];
const shelves: OpenShelf[] = [];

beforeAll(async () => {
  server = await startTestServer();
  root = await mkdtemp(join(tmpdir(), 'voorman-open-shelf-'));
  key = await ensureSigningKey(join(root, 'key.pem'));
});
afterAll(async () => {
  for (const open of shelves) open.stop();
  await Promise.all(connections.map((connection) => connection.close()));
  await server?.stop();
  await rm(root, { recursive: true, force: true });
});

const connectAs = async (name: string): Promise<LogConnection> => {
  const credentials = server.credentialsFor(name);
  if (!('nkeySeed' in credentials)) throw new Error(`${name} has no key`);
  const connection = await connectLog({ servers: [server.url], name, credentials });
  connections.push(connection);
  return connection;
};

/** A gateway with a data folder of its own, which trusts the key. */
async function gateway(name: string): Promise<OpenShelf> {
  const data = join(root, name);
  const day = 86_400_000;
  const until = (ms: number) => new Date(Date.now() + ms).toISOString();
  const trusted = { name: 'signer', public_key: key.publicKey, valid_from: until(-day), valid_until: until(day) };
  await mkdir(join(data, 'trust'), { recursive: true });
  await writeFile(join(data, 'trust', 'signer.json'), JSON.stringify(trusted));
  const { bundles } = await connectAs('tool-gateway');
  const open = await openShelf({ bundles }, { registry: [], data }, operatorLog('tool-gateway', 'error'));
  shelves.push(open);
  return open;
}

async function signed(version: string) {
  const folder = join(root, 'sources', version);
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'tool.yaml'),
    `name: echo\nversion: ${version}\ntype: process\ncommand: [cat]\nschema: {}\n`,
  );
  return toPublish(signTool(await prepareTool(await loadTool(join(folder, 'tool.yaml'))), [key]));
}

describe('the shelf of a gateway on a real bus', () => {
  it('takes what the operator publishes, within a second and without a restart', async () => {
    const open = await gateway('one');
    expect(open.detail()).toEqual({ registry: 'none', tools: [], left_out: [] });
    const store = new RegistryStore((await connectAs('cli')).bundles);
    const tookMs: number[] = [];
    for (const version of ['1.0.0', '2.0.0', '2.1.0']) {
      const { revision } = await store.publish([await signed(version)], 'a test', Date.now());
      const began = performance.now();
      while (open.shelf.revision !== revision) await pause(5);
      tookMs.push(performance.now() - began);
      expect(open.shelf.tools().get('echo')?.manifest.version).toBe(version);
    }
    // One busy second of the machine decides nothing.
    expect(Math.min(...tookMs)).toBeLessThan(1_000);
  });

  it('leaves out, by name and reason, a package that somebody exchanged in the store', async () => {
    const { bundles } = await connectAs('cli');
    const tool = await signed('3.0.0');
    await new RegistryStore(bundles).publish([tool], 'a test', Date.now());
    const evil = pack([{ path: 'tool.yaml', content: Buffer.from('name: echo\n'), executable: false }]);
    await bundles.put(`tool-${tool.digest.replace('sha256:', '')}`, evil);
    const open = await gateway('two');
    expect(open.detail()).toMatchObject({
      tools: [],
      left_out: [{ tool: 'echo', version: '3.0.0', fault: { code: 'signing/changed' } }],
    });
  });

  it('cannot be given anything by a bot or by a gateway: the bus refuses them the store', async () => {
    for (const name of ['sre-bot', 'tool-gateway', 'orchestrator']) {
      const { bundles } = await connectAs(name);
      await expect(bundles.put('registry', Buffer.from('{}'))).rejects.toMatchObject({ code: 'log/forbidden' });
    }
  });
});
