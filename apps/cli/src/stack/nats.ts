import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { writeWhole } from '@voorman/files';
import {
  type BusKeys,
  type Credentials,
  findNatsServer,
  keepKeys,
  type NatsServerProcess,
  natsAccounts,
  provision,
  serverConfig,
  serverLogFile,
  startNatsServer,
  type Topology,
} from '@voorman/log/jetstream';
import { StartFailedError } from '../errors.js';
import { Backoff } from './backoff.js';
import type { BusCertificates } from './bus-certificates.js';
import type { DataFolder } from './data-folder.js';
import { choosePorts, type Ports, portOf, rememberPorts } from './nats-ports.js';
import { isAlive } from './process-mark.js';
import type { NatsState } from './state-file.js';

/** Under which name whoever makes the streams shows itself. */
export const PROVISIONER = 'provisioner';

export interface NatsOptions {
  readonly data: DataFolder;
  readonly binary: string;
  readonly version: string;
  readonly relaxed: boolean;
  /** Present where the bus is served with mTLS. */
  readonly certificates?: BusCertificates;
  readonly say: (line: string) => void;
  /** The server has another process now. */
  readonly changed: () => void;
}

/** The NATS server of a stack: started, provisioned, watched, started again on the same ports when it dies. */
export class Nats {
  readonly #backoff = new Backoff();
  #server: NatsServerProcess | undefined;
  #topology: Topology | undefined;
  #keys: BusKeys | undefined;
  /** The ports as the running process was told them: a reload must repeat them, "any" included. */
  #told: Ports = { port: -1, monitorPort: -1 };
  #url = '';
  #stopping = false;
  #startedMs = 0;

  constructor(private readonly options: NatsOptions) {}

  get state(): NatsState {
    const { version, relaxed, certificates } = this.options;
    return {
      url: this.#url,
      version,
      pid: this.#server?.pid ?? 0,
      durability: relaxed ? 'relaxed' : 'on-disk',
      ...(certificates === undefined ? {} : { tls: true }),
    };
  }

  get url(): string {
    return this.#url;
  }

  credentialsFor(name: string): Credentials {
    if (this.#keys === undefined) throw new Error('The server was not started yet.');
    return this.#keys.credentialsFor(name);
  }

  /** @throws what `keepKeys`, `startNatsServer` and `provision` throw; no server is left then. */
  async start(topology: Topology): Promise<void> {
    const { data, say } = this.options;
    const { taken, ...ports } = await choosePorts(data);
    if (taken !== undefined) say(`Port ${taken} of the last time is taken by another process: choosing a new one.`);
    await this.#take(topology);
    await this.#launch(ports);
    try {
      await this.#provision();
    } catch (fault) {
      await this.stop();
      throw fault;
    }
    void this.#watch();
  }

  /** Lets somebody else take part while everything runs. @throws {NatsConfigError} and what provisioning throws. */
  async reload(topology: Topology): Promise<void> {
    if (this.#server === undefined) throw new StartFailedError('The NATS server is down.', this.#logFile);
    await this.#take(topology);
    await this.#configure(this.#told);
    await this.#server.reload();
    await this.#provision();
  }

  /** Ends the server in good order; like after a death it comes back by itself. */
  async restart(): Promise<void> {
    await this.#server?.stop();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#server?.stop();
    this.#server = undefined;
  }

  async #take(topology: Topology): Promise<void> {
    this.#topology = topology;
    this.#keys = await keepKeys(this.options.data.keys, topology);
  }

  async #launch(ports: Ports): Promise<void> {
    const { binary, data } = this.options;
    await this.#configure(ports);
    this.#told = ports;
    const server = await startNatsServer({
      binary,
      configFile: data.natsConfig,
      dataDir: data.path,
      ownProcessGroup: true,
    });
    this.#server = server;
    this.#url = server.url;
    this.#startedMs = Date.now();
    // The same ports need no writing: a server that comes back on a full disk shall not fail for it.
    if (ports.port === -1 || ports.monitorPort === -1) await rememberPorts(data, found(server));
  }

  async #configure({ port, monitorPort }: Ports): Promise<void> {
    if (this.#topology === undefined || this.#keys === undefined) throw new Error('There is no topology yet.');
    const { data, relaxed, certificates } = this.options;
    const tls = certificates === undefined ? {} : { tls: certificates.server };
    const accounts = natsAccounts(this.#topology, this.#keys.identities);
    await writeWhole(
      data.natsConfig,
      serverConfig({ dataDir: data.path, port, monitorPort, syncAlways: !relaxed, accounts, ...tls }),
    );
  }

  async #provision(): Promise<void> {
    if (this.#topology === undefined || this.#keys === undefined) throw new Error('There is no topology yet.');
    const { provisioner } = this.#keys;
    const { certificates } = this.options;
    if (!('nkeySeed' in provisioner)) throw new Error('The provisioner has no seed.');
    const connection = await connect({
      servers: this.#url,
      authenticator: nkeyAuthenticator(new TextEncoder().encode(provisioner.nkeySeed)),
      ignoreAuthErrorAbort: true,
      ...(certificates === undefined ? {} : { tls: certificates.member(PROVISIONER) }),
    });
    try {
      await provision(await jetstreamManager(connection), this.#topology);
    } finally {
      await connection.close();
    }
  }

  /** Services reconnect by themselves to the address that they know, so the server comes back on the same ports. */
  async #watch(): Promise<void> {
    const { say, changed } = this.options;
    while (!this.#stopping && this.#server !== undefined) {
      const ports = found(this.#server);
      const { code, signal } = await this.#server.exited;
      if (this.#stopping) return;
      let waitMs = this.#backoff.died(Date.now() - this.#startedMs);
      say(
        `nats-server ${code === 0 ? 'ended' : 'died'} (${signal ?? `code ${code}`}): starting it again in ${waitMs} ms.`,
      );
      for (;;) {
        await pause(waitMs);
        if (this.#stopping) return;
        try {
          await this.#launch(ports);
          break;
        } catch (fault) {
          waitMs = this.#backoff.died(0);
          say(`${fault instanceof Error ? fault.message : fault} Trying again in ${waitMs} ms.`);
        }
      }
      say(`nats-server runs again (pid ${this.#server.pid}).`);
      changed();
    }
  }

  get #logFile(): string {
    return serverLogFile(this.options.data.path);
  }
}

const found = (server: NatsServerProcess): Ports => ({
  port: portOf(server.url),
  monitorPort: portOf(server.monitoringUrl),
});

/** Ends a server that outlived its supervisor. @returns its pid, or `undefined` where there was none. */
export async function endLeftOver(data: DataFolder): Promise<number | undefined> {
  const server = await findNatsServer(data.path);
  if (server === undefined) return undefined;
  process.kill(server.pid, 'SIGTERM');
  const killAtMs = Date.now() + 10_000;
  while (isAlive(server.pid)) {
    if (Date.now() > killAtMs) process.kill(server.pid, 'SIGKILL');
    await pause(20);
  }
  return server.pid;
}
