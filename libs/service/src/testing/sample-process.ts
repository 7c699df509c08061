import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const FOLDER = new URL('../..', import.meta.url).pathname;
const MAIN = new URL('./sample-main.ts', import.meta.url).pathname;

/** Runs a source file of this workspace as it stands: Node alone does not understand decorators. */
const LAUNCH = `
  import { createServer } from 'vite';
  const conditions = ['@voorman/source', 'module', 'node'];
  const server = await createServer({ configFile: false, appType: 'custom', logLevel: 'error',
    server: { middlewareMode: true, ws: false, watch: null, hmr: false }, optimizeDeps: { noDiscovery: true },
    resolve: { conditions }, ssr: { resolve: { conditions } } });
  await server.ssrLoadModule(process.argv[1]);
`;

/** The sample service as a process of its own. */
export class SampleProcess {
  readonly child: ChildProcess;
  #said = '';
  #heard: () => void = () => undefined;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(env: Record<string, string>, supervised = false) {
    this.child = spawn(process.execPath, ['--input-type=module', '-e', LAUNCH, MAIN], {
      cwd: FOLDER,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      stdio: ['ignore', 'ignore', 'pipe', ...(supervised ? ['ipc' as const] : [])],
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString('utf8');
      this.#heard();
    });
    // Not its `close`: that never comes after a disconnect from our side.
    const heardAll = this.child.stderr ? once(this.child.stderr, 'close') : Promise.resolve();
    this.ended = once(this.child, 'exit').then(async ([code, signal]) => {
      await heardAll;
      return { code, signal };
    });
  }

  /** Everything that it said on standard error. */
  get said(): string {
    return this.#said;
  }

  /** Resolves once it said this. @throws when it ends before. */
  async says(text: string): Promise<void> {
    let over = false;
    void this.ended.then(() => {
      over = true;
      this.#heard();
    });
    while (!this.#said.includes(text)) {
      if (over) throw new Error(`It ended before it said "${text}": ${this.#said}`);
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
