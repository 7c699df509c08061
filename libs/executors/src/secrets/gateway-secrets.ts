import {
  VaultAnswerError,
  type VaultClient,
  VaultForbiddenError,
  VaultMissingError,
  VaultUnavailableError,
} from '@voorman/pki';
import { isOwnSetting, type SecretRef } from '@voorman/registry';
import { z } from 'zod';
import { SecretFiles } from './secret-files.js';
import { SecretForbiddenError, SecretMissingError, type SecretStore, SecretUnavailableError } from './secret-store.js';

/** Where the secrets of tools may come from; what is not named here is refused. */
export interface GatewaySecretsOptions {
  /** The environment that `env` references read. Our own settings in it are no secrets of tools. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folders below which files may be read; Kubernetes mounts lie in the first. Absolute. Default none. */
  readonly folders?: readonly string[];
  /** For `vault` references. Default: they are refused. */
  readonly vault?: VaultClient;
  /** How long a value from a file or Vault is taken for true. Milliseconds, default 10,000. */
  readonly cacheMs?: number;
}

const KvAnswer = z.object({ data: z.object({ data: z.record(z.string(), z.unknown()) }) });

interface Cached {
  readonly value: Promise<string>;
  readonly untilMs: number;
}

/** The gateway's secrets, wherever a manifest says that they are. */
export class GatewaySecrets implements SecretStore {
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #files: SecretFiles;
  readonly #cached = new Map<string, Cached>();
  readonly #cacheMs: number;

  constructor(private readonly options: GatewaySecretsOptions) {
    this.#env = options.env ?? {};
    this.#files = new SecretFiles(options.folders ?? []);
    this.#cacheMs = options.cacheMs ?? 10_000;
  }

  async read(ref: SecretRef): Promise<string> {
    if ('env' in ref) return this.#fromEnvironment(ref.env);
    const key = JSON.stringify(ref);
    const known = this.#cached.get(key);
    if (known !== undefined && performance.now() < known.untilMs) return known.value;
    // Many calls at once ask the store once.
    const value = this.#fromStore(ref);
    this.#cached.set(key, { value, untilMs: performance.now() + this.#cacheMs });
    try {
      return await value;
    } catch (fault) {
      if (this.#cached.get(key)?.value === value) this.#cached.delete(key);
      throw fault;
    }
  }

  #fromEnvironment(name: string): string {
    if (isOwnSetting(name)) throw new SecretForbiddenError(`${name} is a setting of the gateway itself`);
    const value = Object.hasOwn(this.#env, name) ? this.#env[name] : undefined;
    if (value === undefined || value === '') throw new SecretMissingError(`the environment has no ${name}`);
    return value;
  }

  #fromStore(ref: Exclude<SecretRef, { env: string }>): Promise<string> {
    if ('file' in ref) return this.#files.read(ref.file);
    if ('kubernetes' in ref) return this.#files.readMounted(ref.kubernetes.secret, ref.kubernetes.key);
    return this.#fromVault(ref.vault.path, ref.vault.field);
  }

  async #fromVault(path: string, field: string): Promise<string> {
    const { vault } = this.options;
    if (vault === undefined) throw new SecretUnavailableError('no Vault is set (VOORMAN_VAULT_ADDR)', false);
    const answer = KvAnswer.safeParse(await vault.read(path).catch((fault: unknown) => told(fault, path)));
    const value = answer.success && Object.hasOwn(answer.data.data.data, field) ? answer.data.data.data[field] : '';
    if (typeof value !== 'string' || value === '') throw new SecretMissingError(`Vault has no ${field} in ${path}`);
    return value;
  }
}

/** Vault's faults in the words of a secret's reader. */
function told(cause: unknown, path: string): never {
  if (cause instanceof VaultMissingError) throw new SecretMissingError(`Vault has nothing at ${path}`, { cause });
  if (cause instanceof VaultForbiddenError) throw new SecretForbiddenError(`Vault refuses ${path}`, { cause });
  if (cause instanceof VaultUnavailableError)
    throw new SecretUnavailableError('Vault does not answer', true, { cause });
  if (cause instanceof VaultAnswerError) throw new SecretUnavailableError(`${path}: ${cause.detail}`, false, { cause });
  throw cause;
}
