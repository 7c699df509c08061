import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { AddressRules } from './addresses.js';

/** Every address of a host name. Rejects where there is none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** What a connection is held to. */
export interface ConnectionTerms {
  /** Private addresses and networks that it may lead to. */
  readonly privateAddresses: readonly string[];
  /** Certificate authorities of the server, in PEM. Default: those that Node knows. */
  readonly ca?: string;
  /** What the gateway shows of itself, in PEM. */
  readonly identity?: { readonly certificate: string; readonly privateKey: string };
  /**
   * Whether later calls use it too. A kept connection may have been closed by the other side a moment ago, which a call
   * finds out only after sending: a call that must not happen twice gets one of its own.
   */
  readonly isKept: boolean;
}

/** A connection that would lead to an address that is not allowed; nothing was sent. */
export class AddressRefusedError extends Error {
  constructor(
    readonly hostname: string,
    readonly addresses: readonly string[],
  ) {
    super(`${hostname} leads to ${addresses.join(', ') || 'no address'}, which is not allowed.`);
  }
}

/** How many kinds of terms are remembered; those of the longest unused are closed when their calls have ended. */
const MAX_AGENTS = 256;
const CONNECT_WITHIN_MS = 10_000;

const systemResolve: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true, order: 'verbatim' })).map(({ address }) => address);

/**
 * Connections to hosts, each of which leads to an address that was allowed. The check is part of connecting: the socket
 * is given the very addresses that were looked up and checked, so a name that answers otherwise a moment later changes
 * nothing. Every way to a socket goes through it: names, addresses in the URL, redirects, reconnections.
 */
export class Connections {
  readonly #agents = new Map<string, Agent>();

  /** @param resolve default: the machine's own resolver. */
  constructor(private readonly resolve: Resolve = systemResolve) {}

  /** To be used at once: it may be closed for new calls when others are asked for. */
  on(terms: ConnectionTerms): Dispatcher {
    const key = JSON.stringify([
      terms.privateAddresses,
      terms.ca,
      terms.identity?.certificate,
      terms.identity?.privateKey,
      terms.isKept,
    ]);
    const agent = this.#agents.get(key) ?? this.#open(terms);
    this.#agents.delete(key);
    this.#agents.set(key, agent);
    for (const [oldest, unused] of this.#agents) {
      if (this.#agents.size <= MAX_AGENTS) break;
      this.#agents.delete(oldest);
      void unused.close();
    }
    return agent;
  }

  /** Breaks every connection. Idempotent. */
  async stop(): Promise<void> {
    const agents = [...this.#agents.values()];
    this.#agents.clear();
    await Promise.all(agents.map((agent) => agent.destroy()));
  }

  #open(terms: ConnectionTerms): Agent {
    const rules = new AddressRules(terms.privateAddresses);
    const connect = buildConnector({
      allowH2: false,
      timeout: CONNECT_WITHIN_MS,
      lookup: this.#checkedLookup(rules),
      // Said outright: the environment could turn it off for the whole process.
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ...(terms.ca === undefined ? {} : { ca: terms.ca }),
      ...(terms.identity === undefined ? {} : { cert: terms.identity.certificate, key: terms.identity.privateKey }),
    });
    return new Agent({
      // The time of a call is the caller's: an attempt may take an hour where its manifest says so.
      headersTimeout: 0,
      bodyTimeout: 0,
      pipelining: terms.isKept ? 1 : 0,
      connect: (options, callback) => {
        // A socket looks no address up, so none would be checked.
        const address = bare(options.hostname);
        if (isIP(address) !== 0 && !rules.allows(address)) {
          callback(new AddressRefusedError(address, [address]), null);
        } else {
          connect({ ...options, hostname: address }, callback);
        }
      },
    });
  }

  /** Of a name's addresses the allowed ones. */
  #checkedLookup(rules: AddressRules): LookupFunction {
    return (hostname, { all }, callback) => {
      this.resolve(hostname).then(
        (found) => {
          const allowed = found.filter((address) => rules.allows(address));
          const [first] = allowed;
          if (first === undefined) callback(new AddressRefusedError(hostname, found), '', 0);
          else if (all === true) {
            callback(
              null,
              allowed.map((address) => ({ address, family: isIP(address) })),
            );
          } else callback(null, first, isIP(first));
        },
        (fault: NodeJS.ErrnoException) => callback(fault, '', 0),
      );
    };
  }
}

/** An IPv6 address stands in brackets in a URL. */
const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');
