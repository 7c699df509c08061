import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { VoormanError } from '@voorman/envelope';
import {
  type CertificateAuthority,
  Certificates,
  type ClientIdentities,
  kubernetesLogin,
  PkiUnavailableError,
  RootKeyError,
  VaultClient,
  VaultForbiddenError,
} from '@voorman/pki';
import { z } from 'zod';
import { GatewaySecrets } from './gateway-secrets.js';
import type { SecretStore } from './secret-store.js';

/** A setting of the gateway's keys that is missing or does not fit. */
export class InvalidKeyringError extends VoormanError {
  readonly code = 'secret/invalid-settings';
  readonly next = 'Compare the settings with docs/tools/api.md.';

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(`The gateway's secrets cannot be set up: ${problems.join('; ')}.`, options);
  }
}

const path = z
  .string()
  .regex(/^(?!.*\.\.)[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/, 'must be a path such as pki/sign-verbatim/voorman');

/** What the gateway takes from its environment for its keys. */
export const KeyringConfig = z.object({
  VOORMAN_SECRETS: z
    .string()
    .optional()
    .describe(
      'folders below which tools may name files, divided like PATH; Kubernetes secrets are mounted in the first',
    ),
  VOORMAN_VAULT_ADDR: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('address of Vault'),
  VOORMAN_VAULT_TOKEN_FILE: z
    .string()
    .optional()
    .describe('file with the gateway’s token, as an agent of Vault writes it'),
  VOORMAN_VAULT_ROLE: z
    .string()
    .optional()
    .describe('role of the gateway’s Kubernetes service account, in place of a token'),
  VOORMAN_VAULT_MOUNT: path.default('kubernetes').describe('where Vault’s Kubernetes login is mounted'),
  VOORMAN_VAULT_JWT_FILE: z
    .string()
    .default('/var/run/secrets/kubernetes.io/serviceaccount/token')
    .describe('token of that service account'),
  VOORMAN_VAULT_NAMESPACE: z.string().optional().describe('namespace of Vault Enterprise'),
  VOORMAN_VAULT_CA_FILE: z.string().optional().describe('certificate authorities of Vault’s server, in PEM'),
  VOORMAN_PKI: z.enum(['local', 'vault', 'none']).default('local').describe('who issues client certificates'),
  VOORMAN_PKI_PATH: path
    .default('pki/sign-verbatim/voorman')
    .describe('where Vault signs them; it has to keep the subject'),
  VOORMAN_CERTIFICATE_SECONDS: z.coerce
    .number()
    .int()
    .min(60)
    .max(86_400)
    .default(300)
    .describe('how long a client certificate is good for'),
});
type Config = z.infer<typeof KeyringConfig>;

/** What executors need of keys: read where a manifest says they are, or issued for a call. */
export interface Keyring {
  readonly secrets: SecretStore;
  /** Absent where the settings say `none`. */
  readonly identities?: ClientIdentities;
  /** Ends the connections to Vault. */
  stop(): Promise<void>;
}

/**
 * The gateway's keys, from its environment; called by main alone. Nothing is read or asked yet: a key that cannot be had
 * later stops the calls that need it, and no others.
 * @param data the data folder: `secrets/` in it is the folder where VOORMAN_SECRETS names none, `pki/` has the local authority.
 * @throws {InvalidKeyringError} naming every setting that does not fit.
 */
export async function openKeyring(env: NodeJS.ProcessEnv, data: string): Promise<Keyring> {
  const config = read(env);
  const vault = await vaultOf(config);
  const folders = config.VOORMAN_SECRETS?.split(delimiter).filter((folder) => folder !== '') ?? [join(data, 'secrets')];
  const secrets = new GatewaySecrets({ env, folders, ...(vault === undefined ? {} : { vault }) });
  const authority = authorityOf(config, data, vault);
  return {
    secrets,
    ...(authority === undefined
      ? {}
      : { identities: new Certificates(authority, { ttlSeconds: config.VOORMAN_CERTIFICATE_SECONDS }) }),
    stop: async () => vault?.stop(),
  };
}

function read(env: NodeJS.ProcessEnv): Config {
  // Empty counts as unset, as with all settings.
  const parsed = KeyringConfig.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  if (!parsed.success) {
    throw new InvalidKeyringError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  }
  const config = parsed.data;
  const problems: string[] = [];
  const logins = [config.VOORMAN_VAULT_TOKEN_FILE, config.VOORMAN_VAULT_ROLE].filter((login) => login !== undefined);
  if (config.VOORMAN_VAULT_ADDR !== undefined && logins.length !== 1) {
    problems.push('VOORMAN_VAULT_ADDR needs either VOORMAN_VAULT_TOKEN_FILE or VOORMAN_VAULT_ROLE');
  }
  if (config.VOORMAN_PKI === 'vault' && config.VOORMAN_VAULT_ADDR === undefined) {
    problems.push('VOORMAN_PKI=vault needs VOORMAN_VAULT_ADDR');
  }
  if (problems.length > 0) throw new InvalidKeyringError(problems);
  return config;
}

async function vaultOf(config: Config): Promise<VaultClient | undefined> {
  const { VOORMAN_VAULT_ADDR: address, VOORMAN_VAULT_TOKEN_FILE: tokenFile } = config;
  if (address === undefined) return undefined;
  const jwt = () => own(config.VOORMAN_VAULT_JWT_FILE);
  return new VaultClient({
    address,
    login:
      tokenFile === undefined
        ? kubernetesLogin(config.VOORMAN_VAULT_ROLE ?? '', jwt, config.VOORMAN_VAULT_MOUNT)
        : { token: () => own(tokenFile) },
    ...(config.VOORMAN_VAULT_NAMESPACE === undefined ? {} : { namespace: config.VOORMAN_VAULT_NAMESPACE }),
    ...(await authoritiesIn(config.VOORMAN_VAULT_CA_FILE)),
  });
}

/** A file of the gateway's own, which the operator named. */
async function own(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new VaultForbiddenError({ cause });
  }
}

async function authoritiesIn(file: string | undefined): Promise<{ ca?: string }> {
  if (file === undefined) return {};
  try {
    return { ca: await readFile(file, 'utf8') };
  } catch (cause) {
    throw new InvalidKeyringError(['VOORMAN_VAULT_CA_FILE cannot be read'], { cause });
  }
}

function authorityOf(config: Config, data: string, vault: VaultClient | undefined): CertificateAuthority | undefined {
  if (config.VOORMAN_PKI === 'none') return undefined;
  return {
    // The local root is made when the first certificate is asked for: a stack that needs none has no key lying about,
    // and a gateway that starts again does not wait until all of that is loaded.
    issue: async (request) => {
      const { LocalAuthority, VaultAuthority } = await import('@voorman/pki/authorities');
      if (vault !== undefined && config.VOORMAN_PKI === 'vault') {
        return await new VaultAuthority(vault, config.VOORMAN_PKI_PATH).issue(request);
      }
      try {
        return await (await LocalAuthority.open(join(data, 'pki'))).issue(request);
      } catch (cause) {
        if (cause instanceof RootKeyError) throw new PkiUnavailableError({ cause }, false);
        throw cause;
      }
    },
  };
}
