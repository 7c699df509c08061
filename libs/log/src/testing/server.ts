import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';
import type { Token } from '@voorman/envelope';
import { locateTool } from '@voorman/tools';
import type { Durability } from '../jetstream/group-commit.js';
import type { Credentials } from '../jetstream/keys.js';
import type { ProvisionOptions } from '../jetstream/provision.js';
import type { ServerConfigOptions } from '../jetstream/server-config.js';
import { CORE_SERVICES, type PublisherUser, type Topology } from '../jetstream/topology.js';
import { TestClients } from './clients.js';
import { TestNode } from './node.js';

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
  /** Changes the configuration before the start, for instance to widen a permission on purpose. */
  readonly config?: (options: ServerConfigOptions) => ServerConfigOptions;
  /** Sizes and copies of the streams. `false`: no streams at all. */
  readonly provision?: ProvisionOptions | false;
}

/** What a test does with running servers, be it one or a cluster. */
export interface TestBus {
  readonly topology: Topology;
  credentialsFor(name: Token): Credentials;
  /** A plain connection as somebody of the topology; closed by `stop` at the latest. */
  connect(name: Token, options?: ConnectionOptions): Promise<NatsConnection>;
  /** A plain connection to the account that owns the streams; closed by `stop` at the latest. */
  provisioner(): Promise<NatsConnection>;
  /** Takes up another topology while running: users, permissions, streams. Old connections stay. */
  reload(topology: Topology): Promise<void>;
  addPublisher(publisher: PublisherUser): Promise<void>;
  /** Closes connections, ends the servers and removes their data. */
  stop(): Promise<void>;
}

/** A real server on free ports with its data in a temporary folder, accounts and streams as the product makes them. */
export interface TestServer extends TestBus {
  readonly url: string;
  readonly monitoringUrl: string;
  readonly pid: number;
  readonly dataDir: string;
  readonly durability: Durability;
  /** SIGKILL. Connections stay and wait for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same data and the same ports; ends it in good order first, if it still runs. */
  restart(): Promise<void>;
}

/** @throws whatever keeps the server from starting; nothing is left behind then. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const binary = options.binary ?? (await locateTool('nats-server')).path;
  const dataDir = await mkdtemp(join(tmpdir(), 'voorman-nats-'));
  const keys = join(dataDir, 'keys');
  const url = () => node.running.url;
  let clients = await TestClients.of(options.topology ?? TEST_TOPOLOGY, keys, url);
  const retired: TestClients[] = [];
  const config = { dataDir, syncAlways: !(options.relaxed ?? true), accounts: clients.accounts };
  const node = new TestNode(binary, options.config?.(config) ?? config);

  const server: TestServer = {
    dataDir,
    durability: (options.relaxed ?? true) ? 'relaxed' : 'on-disk',
    get url() {
      return node.running.url;
    },
    get monitoringUrl() {
      return node.running.monitoringUrl;
    },
    get pid() {
      return node.running.pid;
    },
    get topology() {
      return clients.topology;
    },
    credentialsFor: (name) => clients.credentialsFor(name),
    connect: (name, connection) => clients.connect(name, connection),
    provisioner: () => clients.provisioner(),
    kill: () => node.kill(),
    restart: () => node.restart(),
    async reload(topology) {
      retired.push(clients);
      clients = await TestClients.of(topology, keys, url);
      await node.reload(clients.accounts);
      await clients.provision(options.provision);
    },
    addPublisher: (publisher) =>
      server.reload({ ...clients.topology, publishers: [...clients.topology.publishers, publisher] }),
    async stop() {
      await Promise.all([clients, ...retired].map((some) => some.close()));
      await node.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  try {
    await node.start();
    await clients.provision(options.provision);
  } catch (fault) {
    await server.stop();
    throw fault;
  }
  return server;
}
