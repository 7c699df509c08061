import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { locateTool } from '@voorman/tools';

/** A real OPA behind a unix domain socket, as an organisation would run it beside a service. */
export class OpaServer {
  #process: ChildProcess | undefined;

  private constructor(
    private readonly program: string,
    private readonly folder: string,
  ) {}

  static async start(): Promise<OpaServer> {
    const { path } = await locateTool('opa');
    const server = new OpaServer(path, await mkdtemp(join(tmpdir(), 'voorman-opa-')));
    await server.run();
    return server;
  }

  get socket(): string {
    return join(this.folder, 'opa.sock');
  }

  /** Starts it, after a `kill` once more; what it was given before is forgotten. */
  async run(): Promise<void> {
    await rm(this.socket, { force: true });
    const args = ['run', '--server', '--addr', `unix://${this.socket}`, '--log-level', 'error', '--skip-version-check'];
    this.#process = spawn(this.program, args, { stdio: 'ignore' });
    for (let attempt = 0; !(await this.#isHealthy()); attempt += 1) {
      if (attempt > 500) throw new Error('opa does not listen');
      await pause(10);
    }
  }

  async kill(): Promise<void> {
    if (this.#process === undefined) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
    this.#process = undefined;
  }

  /** Stops answering without hanging up, until `resume`. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  #isHealthy(): Promise<boolean> {
    return new Promise((resolve) => {
      const asked = request({ socketPath: this.socket, path: '/health' }, (reply) => {
        reply.resume();
        resolve(reply.statusCode === 200);
      });
      asked.once('error', () => resolve(false));
      asked.end();
    });
  }
}
