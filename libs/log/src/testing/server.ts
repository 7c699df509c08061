import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { type ConnectionOptions, connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';
import type { Token } from '@voorman/envelope';
import { locateTool } from '@voorman/tools';
import { natsAccounts } from '../jetstream/accounts.js';
import { type BusKeys, type Credentials, keepKeys } from '../jetstream/keys.js';
import { inboxPrefix } from '../jetstream/permissions.js';
import { type ProvisionOptions, provision } from '../jetstream/provision.js';
import { type ServerConfigOptions, serverConfig } from '../jetstream/server-config.js';
import { type NatsServerProcess, startNatsServer } from '../jetstream/server-process.js';
import { CORE_SERVICES, type PublisherUser, type Topology } from '../jetstream/topology.js';

/** The core services, two bots, and one outside publisher in each of two tenants. */
export const TEST_TOPOLOGY: Topology = {
  services: CORE_SERVICES,
  bots: [{ name: 'sre-bot' }, { name: 'review-bot' }],
  publishers: [
    { name: 'crm', tenant: 'acme' },
    { name: 'shop', tenant: 'zenith' },
  ],
};

export interface TestServerOptions {
  /** Written through every two minutes instead of at every append: quicker, and as safe as a test needs. Default true. */
  readonly relaxed?: boolean;
  /** Default `TEST_TOPOLOGY`. */
  readonly topology?: Topology;
  /** Path of a nats-server; default: whatever the product would use. */
  readonly binary?: string;
  /** What the server's config may override, for instance its accounts. */
  readonly config?: (options: ServerConfigOptions) => ServerConfigOptions;
  /** Sizes and copies of the streams. `false`: no streams at all. */
  readonly provision?: ProvisionOptions | false;
}

/** A real server on free ports with its data in a temporary folder, accounts and streams as the product makes them. */
export interface TestServer {
  readonly url: string;
  readonly monitoringUrl: string;
  readonly pid: number;
  readonly dataDir: string;
  readonly topology: Topology;
  credentialsFor(name: Token): Credentials;
  /** A plain connection as somebody of the topology; closed by `stop` at the latest. */
  connect(name: Token, options?: ConnectionOptions): Promise<NatsConnection>;
  /** A plain connection to the account that owns the streams; closed by `stop` at the latest. */
  provisioner(): Promise<NatsConnection>;
  /** SIGKILL. Connections stay and wait for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same data and the same ports; after `kill`, or after stopping it in good order. */
  restart(): Promise<void>;
  /** Takes up another topology while running: users, permissions, streams. */
  reload(topology: Topology): Promise<void>;
  addPublisher(publisher: PublisherUser): Promise<void>;
  /** Closes connections, ends the server and removes its data. */
  stop(): Promise<void>;
}

/** What a plain client needs to be somebody: for raw tests and for whoever follows answers without our library. */
export const connectionOptions = (servers: string | string[], credentials: Credentials): ConnectionOptions => ({
  servers,
  name: credentials.name,
  inboxPrefix: inboxPrefix(credentials.name),
  reconnectTimeWait: 50,
  maxReconnectAttempts: -1,
  ...('seed' in credentials
    ? { authenticator: nkeyAuthenticator(new TextEncoder().encode(credentials.seed)) }
    : { user: credentials.user, pass: credentials.password }),
});

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const binary = options.binary ?? (await locateTool('nats-server')).path;
  const dataDir = await mkdtemp(join(tmpdir(), 'voorman-nats-'));
  const server = new SingleServer(binary, dataDir, options);
  try {
    await server.start();
  } catch (fault) {
    await server.stop();
    throw fault;
  }
  return server;
}

class SingleServer implements TestServer {
  topology: Topology;
  #keys: BusKeys | undefined;
  #process: NatsServerProcess | undefined;
  #ports: { port?: number; monitorPort?: number } = {};
  readonly #connections = new Set<NatsConnection>();
  readonly #configFile: string;
  /** A test run that ends in the middle leaves no server behind. */
  readonly #onExit = () => {
    if (this.#process !== undefined) process.kill(this.#process.pid, 'SIGKILL');
  };

  constructor(
    private readonly binary: string,
    readonly dataDir: string,
    private readonly options: TestServerOptions,
  ) {
    this.topology = options.topology ?? TEST_TOPOLOGY;
    this.#configFile = join(dataDir, 'nats-server.conf');
  }

  get url(): string {
    return this.#running.url;
  }
  get monitoringUrl(): string {
    return this.#running.monitoringUrl;
  }
  get pid(): number {
    return this.#running.pid;
  }

  async start(): Promise<void> {
    process.once('exit', this.#onExit);
    await this.#writeConfig();
    await this.#startProcess();
    await this.#provision();
  }

  credentialsFor(name: Token): Credentials {
    return this.#known.credentialsFor(name);
  }

  async connect(name: Token, options: ConnectionOptions = {}): Promise<NatsConnection> {
    return await this.#connect(this.credentialsFor(name), options);
  }

  async provisioner(): Promise<NatsConnection> {
    return await this.#connect(this.#known.provisioner);
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
    this.#process = undefined;
  }

  async restart(): Promise<void> {
    await this.#process?.stop();
    this.#process = undefined;
    await this.#writeConfig();
    await this.#startProcess();
  }

  async reload(topology: Topology): Promise<void> {
    this.topology = topology;
    await this.#writeConfig();
    await this.#running.reload();
    await this.#provision();
  }

  async addPublisher(publisher: PublisherUser): Promise<void> {
    await this.reload({ ...this.topology, publishers: [...this.topology.publishers, publisher] });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#connections].map((connection) => connection.close()));
    await this.#process?.stop();
    this.#process = undefined;
    process.removeListener('exit', this.#onExit);
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async #connect(credentials: Credentials, options: ConnectionOptions = {}): Promise<NatsConnection> {
    const connection = await connect({ ...connectionOptions(this.url, credentials), ...options });
    this.#connections.add(connection);
    void connection.closed().then(() => this.#connections.delete(connection));
    return connection;
  }

  async #writeConfig(): Promise<void> {
    this.#keys = await keepKeys(join(this.dataDir, 'keys'), this.topology);
    const options: ServerConfigOptions = {
      dataDir: this.dataDir,
      syncAlways: !(this.options.relaxed ?? true),
      accounts: natsAccounts(this.topology, this.#keys.identities),
      ...this.#ports,
    };
    const text = serverConfig(this.options.config?.(options) ?? options);
    await writeFile(this.#configFile, text, { mode: 0o600 });
  }

  async #startProcess(): Promise<void> {
    const started = await startNatsServer({
      binary: this.binary,
      configFile: this.#configFile,
      dataDir: this.dataDir,
    });
    this.#process = started;
    this.#ports = { port: portOf(started.url), monitorPort: portOf(started.monitoringUrl) };
  }

  async #provision(): Promise<void> {
    if (this.options.provision === false) return;
    const connection = await this.provisioner();
    await provision(await jetstreamManager(connection), this.topology, this.options.provision);
    await connection.close();
  }

  get #running(): NatsServerProcess {
    if (this.#process === undefined) throw new Error('The server was killed: restart it first.');
    return this.#process;
  }

  get #known(): BusKeys {
    if (this.#keys === undefined) throw new Error('The server was never started.');
    return this.#keys;
  }
}

const portOf = (url: string): number => Number(new URL(url).port);
