/** Where an answer points, and how to ask there. */
export type NextHop =
  | { readonly kind: 'follow'; readonly url: URL; readonly method: string; readonly keepsBody: boolean }
  /** @property mayHaveHappened whether what was asked may be done already. */
  | { readonly kind: 'refuse'; readonly why: string; readonly mayHaveHappened: boolean };

export interface Hop {
  readonly url: URL;
  readonly method: string;
}

const isHarmless = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Whether a status points elsewhere. */
export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

/**
 * What to do with a redirect. 303 says that it was done and where to read of it; 307 and 308 say that it was not, and to
 * ask elsewhere. 301 and 302 leave that open: some services have done it and show the result, others only moved. What is
 * no mere reading is neither repeated after them (it might happen twice) nor read (it might not have happened at all).
 * @param allowed hosts of the manifest, beside that of the endpoint.
 */
export function nextHop(status: number, location: string | undefined, from: Hop, allowed: AllowedHosts): NextHop {
  const mayHaveHappened = !isHarmless(from.method) && status <= 303;
  const refuse = (why: string): NextHop => ({ kind: 'refuse', why, mayHaveHappened });
  if (mayHaveHappened && status !== 303) return refuse(`(${status}) that leaves open whether it was done`);
  const url = URL.canParse(location ?? '', from.url) ? new URL(location ?? '', from.url) : undefined;
  if (location === undefined || url === undefined) return refuse(`(${status}) to nowhere`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse(`(${status}) to no web address`);
  if (url.protocol === 'http:' && from.url.protocol === 'https:') {
    return refuse(`(${status}) to a connection without encryption`);
  }
  if (url.username !== '' || url.password !== '') return refuse(`(${status}) that carries a password`);
  if (!allowed.has(url)) return refuse(`(${status}) to another host`);
  const becomesGet = status === 303 && !isHarmless(from.method);
  return { kind: 'follow', url, method: becomesGet ? 'GET' : from.method, keepsBody: !becomesGet };
}

/** The hosts that a call may lead to: the endpoint's, and those that its manifest lists. */
export class AllowedHosts {
  readonly #endpoint: URL;
  readonly #listed: readonly string[];

  constructor(endpoint: string, listed: readonly string[]) {
    this.#endpoint = new URL(endpoint);
    this.#listed = listed;
  }

  /** Names without their ports, the endpoint's first. */
  get names(): readonly string[] {
    return [...new Set([this.#endpoint.hostname, ...this.#listed.map((host) => new URL(`http://${host}`).hostname)])];
  }

  has(url: URL): boolean {
    if (url.hostname === this.#endpoint.hostname && this.#hasOwnPort(url)) return true;
    return this.#listed.some((host) => {
      // Read as the address itself is, so that both have one spelling, and only a written port is one.
      const listed = new URL(`${url.protocol}//${host}`);
      return (
        listed.hostname === url.hostname && (/:\d+$/.test(host) ? listed.port === url.port : this.#hasOwnPort(url))
      );
    });
  }

  /** No port is that of the scheme. */
  #hasOwnPort(url: URL): boolean {
    return url.port === '' || (url.port === this.#endpoint.port && url.protocol === this.#endpoint.protocol);
  }
}
