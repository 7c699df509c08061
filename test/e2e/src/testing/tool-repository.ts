import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { MAIN } from './command-line.js';

const SHOUT = `name: shout
version: 1.0.0
description: Says a text in capitals.
type: script
effect: read
source: "({ loud: args.text.toUpperCase() })"
schema:
  input: { text: string }
  output: { loud: string }
timeout_ms: 1000
`;

/** A Git repository of a team that keeps its tools in it, and a folder beside for what does not belong into it. */
export class ToolRepository {
  readonly manifest: string;
  readonly registry: string;

  private constructor(
    private readonly root: string,
    readonly folder: string,
    /** The private key of whoever releases, in PEM. */
    readonly key: string,
  ) {
    this.registry = join(folder, 'deploy', 'registry');
    this.manifest = join(this.registry, 'tools', 'shout', 'tool.yaml');
  }

  /** With one tool, the trust in one key, and Voorman where the workflow checks it out. */
  static async make(): Promise<ToolRepository> {
    const root = await mkdtemp(join(tmpdir(), 'voorman-workflow-'));
    const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const made = new ToolRepository(root, join(root, 'repository'), privateKey);
    await made.#write(made.manifest, SHOUT);
    const trust = [
      'name: release team',
      `public_key: ${JSON.stringify(publicKey)}`,
      `valid_from: ${new Date(Date.now() - 86_400_000).toISOString()}`,
      `valid_until: ${new Date(Date.now() + 86_400_000).toISOString()}`,
      'purposes: [tools]',
    ];
    await made.#write(join(made.registry, 'trust', 'release.yaml'), `${trust.join('\n')}\n`);
    await made.#program(join(made.folder, 'voorman', 'voorman'), `exec "${process.execPath}" "${MAIN}" "$@"`);
    // The runner's own machine may be changed by the workflow; this one not.
    await made.#program(join(root, 'bin', 'sudo'), 'exit 0');
    made.git('init', '-q', '-b', 'main');
    return made;
  }

  get data(): string {
    return join(this.root, 'data');
  }

  /** What the runner has in its environment. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, PATH: `${join(this.root, 'bin')}${delimiter}${process.env.PATH}` };
  }

  git(...args: readonly string[]): string {
    const who = ['-c', 'user.name=Team', '-c', 'user.email=team@example.com'];
    return execFileSync('git', [...who, ...args], { cwd: this.folder, encoding: 'utf8' }).trim();
  }

  /** Changes the tool's manifest and commits. @returns the commit. */
  async commit(change: (manifest: string) => string): Promise<string> {
    await writeFile(this.manifest, change(await readFile(this.manifest, 'utf8')));
    this.git('add', 'deploy');
    this.git('commit', '-q', '--allow-empty', '-m', 'Change a tool');
    return this.git('rev-parse', 'HEAD');
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }

  async #write(file: string, text: string): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  async #program(file: string, script: string): Promise<void> {
    await this.#write(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }
}
