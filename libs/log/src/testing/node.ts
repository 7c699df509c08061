import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ServerConfigOptions, serverConfig } from '../jetstream/server-config.js';
import { type NatsServerProcess, startNatsServer } from '../jetstream/server-process.js';

/** One server process of a test, with its configuration file. After its first start it keeps its ports. */
export class TestNode {
  #process: NatsServerProcess | undefined;
  #config: ServerConfigOptions;
  #foundPorts: { readonly port?: number; readonly monitorPort?: number } = {};
  /** A test run that ends in the middle leaves no server behind. */
  readonly #onExit = () => {
    if (this.#process !== undefined) process.kill(this.#process.pid, 'SIGKILL');
  };

  constructor(
    private readonly binary: string,
    config: ServerConfigOptions,
  ) {
    this.#config = config;
  }

  get isUp(): boolean {
    return this.#process !== undefined;
  }

  get running(): NatsServerProcess {
    if (this.#process === undefined) throw new Error('The server is down: restart it first.');
    return this.#process;
  }

  async start(): Promise<void> {
    await mkdir(this.#config.dataDir, { recursive: true });
    this.#config = { ...this.#config, ...this.#foundPorts };
    await this.#write();
    const started = await startNatsServer({
      binary: this.binary,
      configFile: this.#file,
      dataDir: this.#config.dataDir,
    });
    this.#process = started;
    this.#foundPorts = { port: portOf(started.url), monitorPort: portOf(started.monitoringUrl) };
    process.once('exit', this.#onExit);
  }

  /** With the ports as this process was told them: a server refuses to reload others, even those that it found. */
  async reload(accounts: string): Promise<void> {
    this.#config = { ...this.#config, accounts };
    await this.#write();
    await this.running.reload();
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.#process?.kill();
    this.#forget();
  }

  /** SIGTERM. */
  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#forget();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  #forget(): void {
    this.#process = undefined;
    process.removeListener('exit', this.#onExit);
  }

  async #write(): Promise<void> {
    await writeFile(this.#file, serverConfig(this.#config), { mode: 0o600 });
  }

  get #file(): string {
    return join(this.#config.dataDir, 'nats-server.conf');
  }
}

const portOf = (url: string): number => Number(new URL(url).port);
