import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareTool, RegistryStore, signTool, ToolShelf, toPublish } from '@voorman/distribution';
import type { Execution } from '@voorman/executors';
import { memoryConnection } from '@voorman/log/memory';
import { loadTool } from '@voorman/registry';
import { loadSigningKey, type SigningKey, type Trust } from '@voorman/signing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewaySession, output } from '../testing/session.js';

let root: string;
let key: SigningKey;
let trust: Trust;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'voorman-kept-versions-'));
  const { privateKey } = generateKeyPairSync('ed25519');
  key = await loadSigningKey({ env: 'KEY' }, { KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() });
  const validity = { valid_from: '2000-01-01T00:00:00Z', valid_until: '2100-01-01T00:00:00Z' };
  const signer = {
    name: 'signer',
    public_key: key.publicKey,
    ...validity,
    purposes: ['tools' as const],
    revoked: false,
  };
  trust = { roots: new Map([[key.keyid, signer]]), thresholds: { tools: 1, policy: 1 }, problems: [] };
});
afterEach(() => rm(root, { recursive: true, force: true }));

const manifest = (version: string, input: string): string =>
  `name: search_web\nversion: ${version}\ntype: process\neffect: read\ncommand: [search]\nschema: { input: ${input}, output: { done: boolean } }\n`;

/** A session's gateway with a shelf of its own, on a registry that changes. */
class Changing {
  readonly session = new GatewaySession();
  readonly executed: Execution[] = [];

  async publish(version: string, input: string): Promise<string> {
    const folder = join(root, version);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'tool.yaml'), manifest(version, input));
    const tool = signTool(await prepareTool(await loadTool(join(folder, 'tool.yaml'))), [key]);
    const store = new RegistryStore(memoryConnection(this.session.store, 'policy').bundles);
    return (await store.publish([toPublish(tool)], 'a test', 0)).revision;
  }

  /** A gateway that starts now: it knows what is published now. */
  async gateway(): Promise<() => void> {
    const shelf = new ToolShelf({
      source: memoryConnection(this.session.store, 'tool-gateway').bundles,
      trust: async () => trust,
      folder: join(root, 'tools'),
      nowMs: () => Date.parse('2026-03-01T12:00:00Z'),
      report: { current: () => undefined, leftOut: () => undefined, trouble: (fault) => expect.fail(String(fault)) },
    });
    await shelf.look();
    const deed = (execution: Execution) => {
      this.executed.push(execution);
      return output();
    };
    return await this.session.gateway(deed, { tools: (revision) => shelf.toolsOf(revision) });
  }
}

describe('a session whose registry is replaced while it runs', () => {
  it('keeps the version that it began with, also with a gateway that started later', async () => {
    const changing = new Changing();
    const before = await changing.publish('1.0.0', '{ query: string }');
    await changing.session.begin({ registry: before, budget: {} });
    const kill = await changing.gateway();
    await changing.session.request('c1', 'search_web', { query: 'nats' });
    await changing.session.answers(1);
    await changing.publish('2.0.0', '{ question: string }');
    kill();
    await changing.gateway();
    await changing.session.request('c2', 'search_web', { query: 'jetstream' });
    const answers = await changing.session.answers(2);
    expect(answers.map((record) => record.type)).toEqual(['tool-finished', 'tool-finished']);
    expect(changing.executed.map(({ tool }) => tool.manifest.version)).toEqual(['1.0.0', '1.0.0']);
  });

  it('leaves the newest to sessions that begin afterwards', async () => {
    const changing = new Changing();
    await changing.publish('1.0.0', '{ query: string }');
    const after = await changing.publish('2.0.0', '{ question: string }');
    await changing.session.begin({ registry: after, budget: {} });
    await changing.gateway();
    await changing.session.request('c1', 'search_web', { question: 'why' });
    expect((await changing.session.answers(1)).map((record) => record.type)).toEqual(['tool-finished']);
    expect(changing.executed.map(({ tool }) => tool.manifest.version)).toEqual(['2.0.0']);
  });
});
