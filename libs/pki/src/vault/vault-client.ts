import { Agent, request } from 'undici';
import { z } from 'zod';
import { VaultAnswerError, VaultForbiddenError, VaultMissingError, VaultUnavailableError } from '../errors.js';

/** How the gateway shows Vault who it is: a token as it stands, or a login that yields one. */
export type VaultLogin =
  | { readonly token: () => Promise<string> }
  | { readonly path: string; readonly body: () => Promise<Readonly<Record<string, unknown>>> };

/** Where a Vault is, and how to log in to it. */
export interface VaultClientOptions {
  /** `https://vault.example:8200` */
  readonly address: string;
  readonly login: VaultLogin;
  /** Of Vault Enterprise. Default none. */
  readonly namespace?: string;
  /** Certificate authorities of the server, in PEM. Default: those that Node knows. */
  readonly ca?: string;
  /** Milliseconds for one request. Default 5,000. */
  readonly timeoutMs?: number;
}

const MAX_ANSWER_BYTES = 2 ** 20;
/** A token is renewed when this share of its life is over. */
const USED_SHARE = 2 / 3;

const Session = z.object({ auth: z.object({ client_token: z.string().min(1), lease_duration: z.number() }) });

interface Held {
  readonly token: string;
  readonly untilMs: number;
}

/** A login with the token that Kubernetes mounts for the pod's service account. */
export const kubernetesLogin = (role: string, jwt: () => Promise<string>, mount = 'kubernetes'): VaultLogin => ({
  path: `auth/${mount}/login`,
  body: async () => ({ role, jwt: await jwt() }),
});

/** The few questions that we put to Vault's HTTP API. Its answers hold secrets: neither faults nor logs repeat them. */
export class VaultClient {
  readonly #agent: Agent;
  #held: Promise<Held> | undefined;

  constructor(private readonly options: VaultClientOptions) {
    this.#agent = new Agent({
      allowH2: false,
      connect: { rejectUnauthorized: true, ...(options.ca === undefined ? {} : { ca: options.ca }) },
    });
  }

  /** @throws {VaultUnavailableError} @throws {VaultForbiddenError} @throws {VaultMissingError} @throws {VaultAnswerError} */
  read(path: string): Promise<unknown> {
    return this.#asked((token) => this.#send('GET', path, token));
  }

  /** @throws like `read` */
  write(path: string, body: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.#asked((token) => this.#send('POST', path, token, body));
  }

  /** Ends its connections. Idempotent. */
  async stop(): Promise<void> {
    await this.#agent.destroy();
  }

  /** A token that was revoked before its time is replaced once. */
  async #asked(question: (token: string) => Promise<unknown>): Promise<unknown> {
    const held = await this.#session();
    try {
      return await question(held.token);
    } catch (fault) {
      if (!(fault instanceof VaultForbiddenError)) throw fault;
      this.#held = undefined;
      const renewed = await this.#session();
      if (renewed.token === held.token) throw fault;
      return await question(renewed.token);
    }
  }

  async #session(): Promise<Held> {
    const held = await this.#held;
    if (held !== undefined && performance.now() < held.untilMs) return held;
    const attempt = this.#logIn();
    this.#held = attempt;
    try {
      return await attempt;
    } catch (fault) {
      if (this.#held === attempt) this.#held = undefined;
      throw fault;
    }
  }

  async #logIn(): Promise<Held> {
    const { login } = this.options;
    // A token from a file may be replaced there by an agent of Vault's at any time.
    if ('token' in login) return { token: await login.token(), untilMs: performance.now() + 1_000 };
    const answer = Session.safeParse(await this.#send('POST', login.path, undefined, await login.body()));
    if (!answer.success) throw new VaultAnswerError('the login gave no token');
    const { client_token, lease_duration } = answer.data.auth;
    return { token: client_token, untilMs: performance.now() + lease_duration * 1_000 * USED_SHARE };
  }

  async #send(method: 'GET' | 'POST', path: string, token: string | undefined, body?: object): Promise<unknown> {
    const { address, namespace, timeoutMs = 5_000 } = this.options;
    try {
      const answer = await request(`${address.replace(/\/+$/, '')}/v1/${path}`, {
        method,
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          'x-vault-request': 'true',
          ...(token === undefined ? {} : { 'x-vault-token': token }),
          ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await boundedText(answer.body);
      return read(answer.statusCode, text);
    } catch (cause) {
      if (cause instanceof VaultAnswerError || cause instanceof VaultForbiddenError) throw cause;
      if (cause instanceof VaultMissingError || cause instanceof VaultUnavailableError) throw cause;
      throw new VaultUnavailableError({ cause });
    }
  }
}

async function boundedText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new VaultAnswerError('it is larger than 1 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function read(status: number, text: string): unknown {
  if (status === 403 || status === 401) throw new VaultForbiddenError();
  if (status === 404) throw new VaultMissingError();
  // 503 is sealed, 472 and 473 are standbys; 429 asks to wait.
  if (status === 429 || status >= 472) throw new VaultUnavailableError();
  // Of what Vault says about a bad request the operator needs the words; they repeat no secret.
  if (status >= 300) throw new VaultAnswerError(`status ${status}: ${text.slice(0, 500)}`);
  // What only sets something is answered with nothing.
  if (status === 204) return {};
  try {
    return JSON.parse(text);
  } catch {
    // Not as a cause: the parser quotes what it could not read, and that may be a secret.
    throw new VaultAnswerError('it is no JSON');
  }
}
