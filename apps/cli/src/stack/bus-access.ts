import { OPERATOR } from '@voorman/envelope';
import { API_PREFIX, inboxPrefix, LOG_STREAM, type PublisherUser, type Topology } from '@voorman/log/jetstream';
import type { BusTargets } from '@voorman/policy';
import type { Registry } from '@voorman/registry';
import { NameError } from '../errors.js';
import type { BusCertificates } from './bus-certificates.js';
import { keepBusTargets } from './bus-targets.js';
import type { DataFolder } from './data-folder.js';
import { type Nats, PROVISIONER } from './nats.js';
import { readPublishers, topologyOf, withPublisher, writePublishers } from './participants.js';

/** What an outside publisher needs to know; the names are promised. */
export interface Access {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly inbox_prefix: string;
  readonly publish: string;
  readonly api_prefix: string;
  readonly stream: string;
  readonly durable: string;
  /** Where the bus is served with mTLS: certificate and key in one file, and the authority; good for a day, then renewed. */
  readonly cert_file?: string;
  readonly ca_file?: string;
}

/** What changing who may do what on the bus needs. */
export interface BusAccessParts {
  readonly data: DataFolder;
  readonly registry: Pick<Registry, 'agents'>;
  readonly nats: Nats;
  /** Where the bus is encrypted. */
  readonly certificates: BusCertificates | undefined;
  readonly say: (line: string) => void;
}

/** Who may connect to the bus of this stack, and whom each may address; changed while it runs. */
export class BusAccess {
  #topology: Topology;

  constructor(
    private readonly parts: BusAccessParts,
    topology: Topology,
  ) {
    this.#topology = topology;
  }

  get topology(): Topology {
    return this.#topology;
  }

  /** Issues anew what everybody shows who may connect; nothing where the bus is not encrypted. */
  async renewCertificates(): Promise<void> {
    const { services, bots, publishers } = this.#topology;
    const names = [...services, ...bots, ...publishers].map(({ name }) => name);
    await this.parts.certificates?.renew([...names, OPERATOR, PROVISIONER]);
  }

  /** Lets bots address whom a policy says that is in force now. */
  async allow(targets: BusTargets): Promise<{ readonly changed: boolean }> {
    const topology = topologyOf(this.parts.registry, this.#topology.publishers, targets);
    await keepBusTargets(this.parts.data, targets);
    if (JSON.stringify(topology.bots) === JSON.stringify(this.#topology.bots)) return { changed: false };
    await this.parts.nats.reload(topology);
    this.#topology = topology;
    this.parts.say('The bus goes by the policy that was published.');
    return { changed: true };
  }

  /** Access for an outside publisher: the same answer at every repetition. Roles are added. @throws {NameError} it is none. */
  async admit(name: string, tenant: string, roles: readonly string[]): Promise<Access> {
    const publishers = withPublisher(this.#topology, { name, tenant });
    if (publishers !== this.#topology.publishers) {
      const topology = { ...this.#topology, publishers };
      await this.parts.nats.reload(topology);
      this.#topology = topology;
      await this.renewCertificates();
      this.parts.say(`${name} of the tenant ${tenant} may publish from now on.`);
    }
    await this.#grant(publishers, { name, tenant }, roles);
    const credentials = this.parts.nats.credentialsFor(name);
    const shown = this.parts.certificates?.member(name);
    if (!('password' in credentials)) throw new NameError(`${name} is no publisher.`, 'Choose another name.');
    return {
      url: this.parts.nats.url,
      user: credentials.user,
      password: credentials.password,
      inbox_prefix: inboxPrefix(name),
      publish: `inbox.${tenant}.${name}`,
      api_prefix: API_PREFIX,
      stream: LOG_STREAM,
      durable: name,
      ...(shown && { cert_file: shown.certFile, ca_file: shown.caFile }),
    };
  }

  /** Keeps every publisher on disk, with the roles that it was ever granted. */
  async #grant(publishers: readonly PublisherUser[], to: PublisherUser, roles: readonly string[]): Promise<void> {
    const { data } = this.parts;
    const before = new Map((await readPublishers(data)).map((each) => [each.name, each.roles ?? []]));
    const granted = publishers.map(({ name, tenant }) => {
      const all = new Set([...(before.get(name) ?? []), ...(name === to.name ? roles : [])]);
      return all.size === 0 ? { name, tenant } : { name, tenant, roles: [...all].sort() };
    });
    await writePublishers(data, granted);
  }
}
