import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { locateTool } from '@voorman/tools';
import { TestClients } from './clients.js';
import { TestNode } from './node.js';
import { TEST_TOPOLOGY, type TestBus, type TestServerOptions } from './server.js';

const SIZE = 3;

/** Three real servers that carry one log together, every stream in three copies. */
export interface TestCluster extends TestBus {
  /** Of the servers that are up. */
  readonly urls: readonly string[];
  /** Which server leads a stream at the moment: 0 to 2. */
  leaderOf(stream: string): Promise<number>;
  /** SIGKILL. Connections go on to the other servers. */
  kill(server: number): Promise<void>;
  /** Starts it again on the same data and the same ports; ends it in good order first, if it still runs. */
  restart(server: number): Promise<void>;
}

/** @throws whatever keeps the servers from starting; nothing is left behind then. */
export async function startTestCluster(options: TestServerOptions = {}): Promise<TestCluster> {
  const binary = options.binary ?? (await locateTool('nats-server')).path;
  const folder = await mkdtemp(join(tmpdir(), 'voorman-cluster-'));
  const keys = join(folder, 'keys');
  const urls = () => nodes.filter((node) => node.isUp).map((node) => node.running.url);
  let clients = await TestClients.of(options.topology ?? TEST_TOPOLOGY, keys, urls);
  const retired: TestClients[] = [];
  const ports = await freePorts(SIZE);
  const nodes = ports.map((port, index) => {
    const config = {
      dataDir: join(folder, `n${index}`),
      serverName: `n${index}`,
      syncAlways: !(options.relaxed ?? true),
      accounts: clients.accounts,
      cluster: { name: 'voorman', port, routes: ports.map((other) => `nats://127.0.0.1:${other}`) },
    };
    return new TestNode(binary, options.config?.(config) ?? config);
  });
  const replicated = options.provision === false ? false : { replicas: SIZE, ...options.provision };
  const nodeAt = (server: number): TestNode => {
    const node = nodes[server];
    if (node === undefined) throw new Error(`There is no server ${server}: they are 0 to ${SIZE - 1}.`);
    return node;
  };

  const cluster: TestCluster = {
    get urls() {
      return urls();
    },
    get topology() {
      return clients.topology;
    },
    credentialsFor: (name) => clients.credentialsFor(name),
    connect: (name, connection) => clients.connect(name, connection),
    provisioner: () => clients.provisioner(),
    kill: (server) => nodeAt(server).kill(),
    restart: (server) => nodeAt(server).restart(),
    async leaderOf(stream) {
      const connection = await clients.provisioner();
      const info = await (await jetstreamManager(connection)).streams.info(stream);
      await connection.close();
      return Number(info.cluster?.leader?.slice(1));
    },
    async reload(topology) {
      retired.push(clients);
      clients = await TestClients.of(topology, keys, urls);
      await Promise.all(nodes.map((node) => node.reload(clients.accounts)));
      await clients.provision(replicated);
    },
    addPublisher: (publisher) =>
      cluster.reload({ ...clients.topology, publishers: [...clients.topology.publishers, publisher] }),
    async stop() {
      await Promise.all([clients, ...retired].map((some) => some.close()));
      await Promise.all(nodes.map((node) => node.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    // Together: none of them is ready before it has found the others.
    await Promise.all(nodes.map((node) => node.start()));
    await clients.provision(replicated);
  } catch (fault) {
    await cluster.stop();
    throw fault;
  }
  return cluster;
}

/** Ports that were free a moment ago: the servers must know each other's before they start. */
async function freePorts(count: number): Promise<number[]> {
  const listeners = await Promise.all(Array.from({ length: count }, () => listening()));
  return await Promise.all(
    listeners.map(
      (listener) =>
        new Promise<number>((resolve) => {
          const address = listener.address();
          listener.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
        }),
    ),
  );
}

const listening = (): Promise<Server> =>
  new Promise((resolve, reject) => {
    const listener = createServer();
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', () => resolve(listener));
  });
