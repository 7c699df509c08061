import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadTool } from '@voorman/registry';
import { loadSigningKey, type SigningKey, type Trust, type TrustRoot } from '@voorman/signing';
import { type PreparedTool, prepareTool } from '../prepared-tool.js';
import type { RegistryObjects, RegistrySource } from '../registry-store.js';

export const NOON = Date.parse('2026-03-01T12:00:00Z');

/** A key of somebody's, fresh. */
export async function someKey(): Promise<SigningKey> {
  const { privateKey } = generateKeyPairSync('ed25519');
  return loadSigningKey({ env: 'KEY' }, { KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() });
}

/** Trust in these keys, all day long on the day of `NOON`. */
export const trusting = (keys: readonly SigningKey[], more: Partial<TrustRoot> = {}, tools = 1): Trust => ({
  roots: new Map(
    keys.map((key, index): [string, TrustRoot] => [
      key.keyid,
      {
        name: `signer-${index + 1}`,
        public_key: key.publicKey,
        valid_from: '2026-03-01T00:00:00Z',
        valid_until: '2026-03-02T00:00:00Z',
        purposes: ['tools'],
        revoked: false,
        ...more,
      },
    ]),
  ),
  thresholds: { tools, policy: 1 },
  problems: [],
});

/** A store in memory that tells its watchers of every change, and can be out of reach. */
export class Objects implements RegistryObjects, RegistrySource {
  readonly content = new Map<string, Uint8Array>();
  readonly puts: string[] = [];
  reachable = true;
  readonly #watchers = new Set<(name: string) => void>();

  async put(name: string, content: Uint8Array): Promise<void> {
    this.puts.push(name);
    this.content.set(name, content);
    for (const watcher of this.#watchers) watcher(name);
  }
  async get(name: string): Promise<Uint8Array | undefined> {
    if (!this.reachable) throw new Error('out of reach');
    return this.content.get(name);
  }
  watch(changed: (name: string) => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }
}

/** A temporary folder, and its end. */
export async function scratch(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'voorman-distribution-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Writes a tool's folder and prepares it. */
export async function aTool(
  root: string,
  {
    name = 'echo',
    version = '1.0.0',
    files = { 'main.js': 'process.stdin.pipe(process.stdout)\n' },
  }: {
    readonly name?: string;
    readonly version?: string;
    readonly files?: Readonly<Record<string, string>>;
  } = {},
): Promise<PreparedTool> {
  const folder = join(root, `${name}-${version}`);
  const manifest = `name: ${name}\nversion: ${version}\ntype: process\neffect: read\ncommand: [node, main.js]\nschema: { input: { text: string }, output: { text: string } }\n`;
  for (const [path, text] of Object.entries({ 'tool.yaml': manifest, ...files })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return prepareTool(await loadTool(join(folder, 'tool.yaml')));
}
