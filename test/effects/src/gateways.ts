import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../dist/gateway-process.js', import.meta.url));

/** Gateways in processes of their own, each of which is started again when it was killed. */
export class Gateways {
  #processes: ChildProcess[] = [];
  kills = 0;

  constructor(private readonly env: Readonly<Record<string, string>>) {}

  async start(count: number): Promise<void> {
    this.#processes = await Promise.all(Array.from({ length: count }, () => this.#started()));
  }

  /** SIGKILL to one of them, and a new one in its place. */
  async killOne(): Promise<void> {
    const index = Math.floor(Math.random() * this.#processes.length);
    await ended(this.#processes[index]);
    this.kills += 1;
    this.#processes[index] = await this.#started();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map(ended));
  }

  #started(): Promise<ChildProcess> {
    const child = fork(PROGRAM, {
      env: { PATH: process.env.PATH ?? '', ...this.env },
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    return new Promise((resolve, reject) => {
      child.once('message', () => resolve(child));
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`A gateway ended with code ${code} before it was ready.`)));
    });
  }
}

function ended(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
