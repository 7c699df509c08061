import type { Token } from '@voorman/envelope';
import {
  API_PREFIX,
  botPermissions,
  operatorPermissions,
  type Permissions,
  publisherPermissions,
  servicePermissions,
} from './permissions.js';
import { BUNDLE_NOTICES } from './stream-config.js';
import { OPERATOR, requireTopology, type Topology } from './topology.js';

/** What the server must know to recognise everyone: public keys of ours, passwords of outside publishers. */
export interface BusIdentities {
  /** Creates streams and durables; no service runs as it. A public nkey. */
  readonly provisioner: string;
  /** Looks at the server itself (the system account). A public nkey. */
  readonly system: string;
  /** Public nkey of every service, bot and of the operator, by name. */
  readonly users: Readonly<Record<Token, string>>;
  /** Password of every outside publisher, by name. */
  readonly publishers: Readonly<Record<Token, string>>;
}

/** A part of the store that other accounts may use, and under which subject they see it. */
interface Door {
  readonly subject: string;
  readonly kind: 'service' | 'stream';
  readonly to?: string;
  /** The answer is more than one message. */
  readonly streamed?: boolean;
  readonly app: boolean;
  readonly ext: boolean;
}

const api = (request: string, open: Pick<Door, 'app' | 'ext' | 'streamed'>): Door => ({
  subject: `$JS.API.${request}`,
  kind: 'service',
  to: `${API_PREFIX}.${request}`,
  ...open,
});

/**
 * All that leads out of STORE. Creating, updating or deleting a stream or a consumer is not among it, for nobody.
 * What a user of APP or EXT may use of it, its permissions say.
 */
const DOORS: readonly Door[] = [
  { subject: 'log.*.*.*.*.*', kind: 'service', app: true, ext: false },
  { subject: 'timer.set.>', kind: 'service', app: true, ext: false },
  { subject: '$O.>', kind: 'service', app: true, ext: false },
  { subject: 'inbox.*.*.*', kind: 'service', app: true, ext: true },
  { subject: '$JS.ACK.>', kind: 'service', app: true, ext: true },
  { subject: `${BUNDLE_NOTICES}.>`, kind: 'stream', app: true, ext: false },
  api('CONSUMER.INFO.*.*', { app: true, ext: true }),
  api('CONSUMER.MSG.NEXT.*.*', { app: true, ext: true, streamed: true }),
  api('DIRECT.GET.*', { app: true, ext: false, streamed: true }),
  api('DIRECT.GET.*.>', { app: true, ext: false }),
  api('STREAM.MSG.GET.*', { app: true, ext: false }),
  api('STREAM.INFO.*', { app: true, ext: false }),
  api('STREAM.PURGE.*', { app: true, ext: false }),
];

/**
 * The accounts part of a server's configuration: who connects, and exactly what each may publish and subscribe to.
 *
 * Reply subjects are not checked by permissions, so whoever shares an account with a stream can have the server send a
 * stored record to any subject of that account: as another's record, or as a request to delete the log. Therefore STORE
 * owns the streams and runs no service; an answer that leaves it ends in the asker's account, where no stream listens.
 *
 * @throws {InvalidTopologyError} @throws {Error} an identity is missing: keys belong to another topology.
 */
export function natsAccounts(topology: Topology, identities: BusIdentities): string {
  requireTopology(topology);
  const user = (name: Token, permissions: Permissions) => ({ nkey: known(identities.users, name), permissions });
  const accounts = {
    STORE: {
      jetstream: 'enabled',
      users: [{ nkey: identities.provisioner }],
      exports: DOORS.map((door) => ({
        [door.kind]: door.subject,
        ...(door.streamed ? { response: 'stream' } : {}),
        accounts: [...(door.app ? ['APP'] : []), ...(door.ext ? ['EXT'] : [])],
      })),
    },
    APP: {
      imports: DOORS.filter((door) => door.app).map(imported),
      users: [
        ...topology.services.map((service) => user(service.name, servicePermissions(service))),
        ...topology.bots.map((bot) => user(bot.name, botPermissions(bot))),
        user(OPERATOR, operatorPermissions()),
      ],
    },
    EXT: {
      imports: DOORS.filter((door) => door.ext).map(imported),
      users: topology.publishers.map((publisher) => ({
        user: publisher.name,
        password: known(identities.publishers, publisher.name),
        permissions: publisherPermissions(publisher),
      })),
    },
    SYS: { users: [{ nkey: identities.system }] },
  };
  // The server's configuration language reads JSON as it is.
  return `accounts: ${JSON.stringify(accounts, null, 2)}\nsystem_account: "SYS"\n`;
}

const imported = (door: Door) => ({
  [door.kind]: { account: 'STORE', subject: door.subject },
  ...(door.to === undefined ? {} : { to: door.to }),
});

function known(identities: Readonly<Record<Token, string>>, name: Token): string {
  const identity = Object.hasOwn(identities, name) ? identities[name] : undefined;
  if (identity === undefined) throw new Error(`There is no identity for ${name}.`);
  return identity;
}
