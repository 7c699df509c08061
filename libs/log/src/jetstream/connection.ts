import { setTimeout as pause } from 'node:timers/promises';
import { AuthorizationError, type NatsConnection } from '@nats-io/nats-core';
import { fromSeed } from '@nats-io/nkeys';
import { type ConnectionOptions, connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { requireToken, type Token } from '@voorman/envelope';
import type { Bundles } from '../bundles.js';
import { LogForbiddenError, LogUnavailableError, ServerTooOldError } from '../errors.js';
import type { Inbox } from '../inbox.js';
import type { Following, Log } from '../log.js';
import type { Payloads } from '../payloads.js';
import type { Timers } from '../timers.js';
import { Appending } from './append.js';
import { BoundaryReader } from './boundary-reader.js';
import { JetStreamBundles } from './bundles.js';
import { Bus } from './bus.js';
import { type Durability, GroupCommit } from './group-commit.js';
import { JetStreamInbox } from './inbox.js';
import { JetStreamLog } from './jetstream-log.js';
import { JetStreamPayloads } from './payloads.js';
import { API_PREFIX, inboxPrefix } from './permissions.js';
import { Records } from './records.js';
import type { LogReport } from './report.js';
import type { TlsFiles } from './server-config.js';
import { JetStreamTimers } from './timers.js';

/** Who connects: a service by the seed of its nkey, an outside publisher by name and password. */
export type LogCredentials = { readonly nkeySeed: string } | { readonly user: string; readonly password: string };

/** How a connection treats the log, whoever it belongs to. */
export interface LogSettings {
  /** Name of the service, bot or publisher: source of its records, its durable, its buckets. */
  readonly name: Token;
  /** Prefix of the reply subjects that this user may subscribe to. Default `_INBOX_<name>`. */
  readonly inboxPrefix?: string;
  /** Where the account sees the JetStream API. Default `store.api`. */
  readonly apiPrefix?: string;
  /** How long an unknown outcome is looked into before the caller hears of it. Milliseconds, default 30,000. */
  readonly patienceMs?: number;
  /** What the server is set to, as no client is told: a matter of speed only. Default `on-disk`. */
  readonly durability?: Durability;
  /** Hears what happens beside the calls. Default: nobody. */
  readonly report?: LogReport;
}

/** Where the log is, and who connects. */
export interface ConnectLogOptions extends LogSettings {
  readonly servers: readonly string[];
  readonly credentials: LogCredentials;
  /** How long to try to connect for the first time; afterwards it reconnects for ever. Milliseconds, default 30,000. */
  readonly connectWithinMs?: number;
  /** For a server that asks for certificates; the files are read anew at every connection. Default: none. */
  readonly tls?: TlsFiles;
}

/** How a connection is at the moment. */
export interface LogHealth {
  readonly connected: boolean;
  /** The server at the other end. */
  readonly url: string;
  /** Subjects that the server refused: a wrong configuration. Empty when all is well. */
  readonly refusals: readonly string[];
}

/** One process of a service on the log. */
export interface LogConnection {
  readonly log: Log;
  readonly timers: Timers;
  readonly payloads: Payloads;
  readonly inbox: Inbox;
  readonly bundles: Bundles;
  health(): LogHealth;
  /** Hands back at once what is held, then disconnects; wait for `drain` of the followings before where it shall end. */
  close(): Promise<void>;
}

/** API level of nats-server 2.15. */
const API_LEVEL = 5;

/**
 * Connects to the log. From then on the connection comes back by itself after every outage, and appends wait for it.
 * @throws {LogUnavailableError} no server answered in time. @throws {LogForbiddenError} it does not know this user.
 * @throws {ServerTooOldError}
 */
export async function connectLog(options: ConnectLogOptions): Promise<LogConnection> {
  const connection = await dial(options);
  const { info } = connection;
  if ((info?.api_lvl ?? 0) < API_LEVEL || info?.jetstream !== true) {
    await connection.close();
    throw new ServerTooOldError(info?.version ?? 'of an unknown version');
  }
  return openLog(connection, options);
}

/** The log over a connection that is already there; closes it in the end. */
export function openLog(connection: NatsConnection, settings: LogSettings): LogConnection {
  const name = requireToken('name', settings.name);
  const { apiPrefix = API_PREFIX, patienceMs = 30_000, durability = 'on-disk', report = () => undefined } = settings;
  const bus = new Bus(connection, {
    apiPrefix,
    inboxPrefix: settings.inboxPrefix ?? inboxPrefix(name),
    patienceMs,
    report,
  });
  const followings = new Set<Following>();
  const followed = (following: Following): void => void followings.add(following);
  const payloads = new JetStreamPayloads(bus, name);
  const records = new Records(payloads, report);
  const boundaries = new BoundaryReader(bus, records);
  const commits = new GroupCommit(bus, new Appending(bus, boundaries), durability);
  return {
    log: new JetStreamLog({ bus, name, payloads, records, boundaries, commits, followed }),
    timers: new JetStreamTimers(bus, name, followed),
    payloads,
    inbox: new JetStreamInbox(bus, followed),
    bundles: new JetStreamBundles(bus),
    health: () => ({ connected: bus.connected, url: connection.getServer(), refusals: bus.refusals }),
    async close() {
      await Promise.all([...followings].map((following) => following.drain(0)));
      if (connection.isClosed()) return;
      if (bus.connected) await Promise.race([connection.drain(), pause(2_000)]);
      await connection.close();
    },
  };
}

async function dial(options: ConnectLogOptions): Promise<NatsConnection> {
  const { servers, name, credentials, connectWithinMs = 30_000 } = options;
  const shown = authentication(name, credentials);
  const untilMs = Date.now() + connectWithinMs;
  // A user that was just added is known as soon as the server has re-read its configuration.
  const knownByMs = Date.now() + 3_000;
  for (;;) {
    try {
      return await connect({
        servers: [...servers],
        name,
        inboxPrefix: options.inboxPrefix ?? inboxPrefix(requireToken('name', name)),
        ...shown,
        ...(options.tls === undefined ? {} : { tls: options.tls }),
        maxReconnectAttempts: -1,
        reconnectTimeWait: 250,
        reconnectJitter: 100,
        // Two refusals in a row, as while a user is missing during a reload, would else close it for good.
        ignoreAuthErrorAbort: true,
        pingInterval: 10_000,
        timeout: Math.max(1_000, Math.min(5_000, connectWithinMs)),
        noAsyncTraces: true,
      });
    } catch (fault) {
      const unknown = fault instanceof AuthorizationError;
      if (Date.now() + 250 < (unknown ? Math.min(untilMs, knownByMs) : untilMs)) {
        await pause(250);
        continue;
      }
      if (unknown) throw new LogForbiddenError(`connecting as ${name}`, { cause: fault });
      throw new LogUnavailableError(`connecting to ${servers.join(', ')}`, { cause: fault });
    }
  }
}

/** What the client shows to the server. @throws {LogForbiddenError} the seed is none. */
function authentication(name: Token, credentials: LogCredentials): ConnectionOptions {
  if (!('nkeySeed' in credentials)) return { user: credentials.user, pass: credentials.password };
  const seed = new TextEncoder().encode(credentials.nkeySeed);
  try {
    fromSeed(seed);
  } catch (cause) {
    throw new LogForbiddenError(`connecting as ${name}`, { cause });
  }
  return { authenticator: nkeyAuthenticator(seed) };
}
