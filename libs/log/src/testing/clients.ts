import { jetstreamManager } from '@nats-io/jetstream';
import { type ConnectionOptions, connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';
import type { Token } from '@voorman/envelope';
import { natsAccounts } from '../jetstream/accounts.js';
import { type BusKeys, type Credentials, keepKeys } from '../jetstream/keys.js';
import { inboxPrefix } from '../jetstream/permissions.js';
import { type ProvisionOptions, provision } from '../jetstream/provision.js';
import type { Topology } from '../jetstream/topology.js';

/** What a plain client needs to be somebody: for raw tests, and for whoever follows answers without our library. */
export const connectionOptions = (
  servers: string | readonly string[],
  credentials: Credentials,
): ConnectionOptions => ({
  servers: typeof servers === 'string' ? servers : [...servers],
  name: credentials.name,
  inboxPrefix: inboxPrefix(credentials.name),
  reconnectTimeWait: 50,
  reconnectJitter: 20,
  maxReconnectAttempts: -1,
  ...('nkeySeed' in credentials
    ? { authenticator: nkeyAuthenticator(new TextEncoder().encode(credentials.nkeySeed)) }
    : { user: credentials.user, pass: credentials.password }),
});

/** Everyone who may connect to a test's servers, with their keys and open connections. */
export class TestClients {
  readonly #connections = new Set<NatsConnection>();

  private constructor(
    readonly topology: Topology,
    private readonly keys: BusKeys,
    private readonly urls: () => string | readonly string[],
  ) {}

  static async of(
    topology: Topology,
    keysFolder: string,
    urls: () => string | readonly string[],
  ): Promise<TestClients> {
    return new TestClients(topology, await keepKeys(keysFolder, topology), urls);
  }

  get accounts(): string {
    return natsAccounts(this.topology, this.keys.identities);
  }

  credentialsFor(name: Token): Credentials {
    return this.keys.credentialsFor(name);
  }

  async connect(name: Token, options: ConnectionOptions = {}): Promise<NatsConnection> {
    return await this.#connect(this.credentialsFor(name), options);
  }

  async provisioner(): Promise<NatsConnection> {
    return await this.#connect(this.keys.provisioner);
  }

  async provision(options: ProvisionOptions | false | undefined): Promise<void> {
    if (options === false) return;
    const connection = await this.provisioner();
    await provision(await jetstreamManager(connection), this.topology, options);
    await connection.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#connections].map((connection) => connection.close()));
  }

  async #connect(credentials: Credentials, options: ConnectionOptions = {}): Promise<NatsConnection> {
    const connection = await connect({ ...connectionOptions(this.urls(), credentials), ...options });
    this.#connections.add(connection);
    void connection.closed().then(() => this.#connections.delete(connection));
    return connection;
  }
}
