import { LRUCache } from 'lru-cache';
import { type CallSubject, type CertificateAuthority, newKeys, toPem } from './authority.js';

/** What a client shows of itself, in PEM. */
export interface ClientIdentity {
  /** The certificate, then those between it and the root. */
  readonly certificate: string;
  readonly privateKey: string;
  readonly notAfter: Date;
}

/** Where clients get what they show. */
export interface ClientIdentities {
  /** @throws {PkiUnavailableError} @throws {CertificateMismatchError} */
  of(subject: CallSubject): Promise<ClientIdentity>;
}

/** How long certificates are good for, by whose clock. */
export interface CertificatesOptions {
  /** Seconds that a certificate is good for. Default 300. */
  readonly ttlSeconds?: number;
  /** Milliseconds since 1970. Default the clock. */
  readonly now?: () => number;
}

/** So many callers and tools at once; the one of the longest unused is issued anew when it comes back. */
const MAX_KEPT = 1_000;
/** What has to be left of a certificate's life when a call begins: a share, and no more than so much. */
const MARGIN_SHARE = 0.2;
const MAX_MARGIN_MS = 60_000;

interface Kept {
  readonly identity: Promise<ClientIdentity>;
  untilMs: number;
}

/** Certificates of minutes, each for one tenant's agent and one tool, used again while they are good. */
export class Certificates implements ClientIdentities {
  readonly #kept = new LRUCache<string, Kept>({ max: MAX_KEPT });
  readonly #ttlSeconds: number;
  readonly #now: () => number;

  constructor(
    private readonly authority: CertificateAuthority,
    { ttlSeconds = 300, now = Date.now }: CertificatesOptions = {},
  ) {
    this.#ttlSeconds = ttlSeconds;
    this.#now = now;
  }

  async of(subject: CallSubject): Promise<ClientIdentity> {
    const key = JSON.stringify([subject.tenant, subject.agent, subject.tool]);
    const known = this.#kept.get(key);
    if (known !== undefined && this.#now() < known.untilMs) return known.identity;
    // Calls that come meanwhile wait for the same one.
    const kept: Kept = { identity: this.#issue(subject), untilMs: Number.POSITIVE_INFINITY };
    this.#kept.set(key, kept);
    try {
      const identity = await kept.identity;
      const lifeMs = identity.notAfter.getTime() - this.#now();
      kept.untilMs = identity.notAfter.getTime() - Math.min(MAX_MARGIN_MS, lifeMs * MARGIN_SHARE);
      return identity;
    } catch (fault) {
      if (this.#kept.get(key) === kept) this.#kept.delete(key);
      throw fault;
    }
  }

  async #issue(subject: CallSubject): Promise<ClientIdentity> {
    const keys = await newKeys();
    const { certificate, chain, notAfter } = await this.authority.issue({
      subject,
      ttlSeconds: this.#ttlSeconds,
      keys,
    });
    return { certificate: certificate + chain, privateKey: await toPem(keys.privateKey), notAfter };
  }
}
