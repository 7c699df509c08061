import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { Token, VoormanError } from '@voorman/envelope';
import type { Durability, TlsFiles } from '@voorman/log/jetstream';
import { z } from 'zod';

/** A setting that is missing or does not fit. */
export class InvalidConfigError extends VoormanError {
  readonly code = 'service/invalid-config';
  readonly next = 'Start services with `voorman up`, or compare the settings with docs/operations.md.';

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(`The service cannot start with these settings: ${problems.join('; ')}.`, options);
  }
}

/** The settings that every service takes from its environment. */
export const ServiceConfig = z.object({
  VOORMAN_NATS_URL: z.string().min(1).describe('address of the NATS server, several divided by commas'),
  VOORMAN_NAME: Token.describe('name of the service or bot: source of its records, its durable, its NATS user'),
  VOORMAN_NKEY_FILE: z.string().min(1).describe('file with the seed of that NATS user'),
  VOORMAN_NATS_CERT_FILE: z
    .string()
    .optional()
    .describe(
      'certificate and key that the service shows to a NATS server with mTLS, in one file; read at every connection',
    ),
  VOORMAN_NATS_CA_FILE: z.string().optional().describe('authorities of that server’s certificate'),
  VOORMAN_DURABILITY: z
    .enum(['on-disk', 'relaxed'])
    .default('on-disk')
    .describe('what the NATS server is set to; decides how appends travel, not how safe they are'),
  VOORMAN_REGISTRY: z.string().min(1).describe('registry folders, divided like PATH'),
  VOORMAN_DATA: z.string().min(1).describe('folder for caches'),
  VOORMAN_ENVIRONMENT: z.string().min(1).default('production').describe('told to policy with every question'),
  VOORMAN_READY_FILE: z.string().optional().describe('written once the service listens'),
  VOORMAN_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  VOORMAN_GRACE_MS: z.coerce.number().int().min(0).default(10_000).describe('how long a stop may take'),
  VOORMAN_SLOTS: z.coerce.number().int().min(1).max(4_096).optional().describe('records handled at once'),
});

/** What every service is told by its environment; see `ServiceConfig` for names, units and defaults. */
export interface ServiceSettings {
  readonly servers: readonly string[];
  readonly name: string;
  readonly nkeySeed: string;
  /** Present where the bus asks for certificates. */
  readonly tls?: TlsFiles;
  readonly durability: Durability;
  readonly registry: readonly string[];
  readonly data: string;
  readonly environment: string;
  readonly readyFile: string | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly graceMs: number;
  readonly slots: number | undefined;
}

/**
 * Reads the settings; called by main alone.
 * @throws {InvalidConfigError} naming every setting that is missing or does not fit.
 */
export function loadSettings(env: NodeJS.ProcessEnv): ServiceSettings {
  // Empty counts as unset: else an empty VOORMAN_GRACE_MS would mean no grace at all.
  const parsed = ServiceConfig.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  if (!parsed.success) {
    throw new InvalidConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  }
  const config = parsed.data;
  return Object.freeze({
    servers: serversIn(config.VOORMAN_NATS_URL),
    name: config.VOORMAN_NAME,
    nkeySeed: seedIn(config.VOORMAN_NKEY_FILE),
    ...tlsOf(config),
    durability: config.VOORMAN_DURABILITY,
    registry: config.VOORMAN_REGISTRY.split(delimiter).filter((folder) => folder !== ''),
    data: config.VOORMAN_DATA,
    environment: config.VOORMAN_ENVIRONMENT,
    readyFile: config.VOORMAN_READY_FILE,
    logLevel: config.VOORMAN_LOG_LEVEL,
    graceMs: config.VOORMAN_GRACE_MS,
    slots: config.VOORMAN_SLOTS,
  });
}

function serversIn(addresses: string): readonly string[] {
  const servers = addresses.split(',').map((address) => address.trim());
  if (servers.includes('')) throw new InvalidConfigError(['VOORMAN_NATS_URL has an empty address in its list']);
  return servers;
}

/** @throws {InvalidConfigError} one is set without the other. */
function tlsOf(config: z.infer<typeof ServiceConfig>): { readonly tls?: TlsFiles } {
  const { VOORMAN_NATS_CERT_FILE: certFile, VOORMAN_NATS_CA_FILE: caFile } = config;
  if (certFile === undefined && caFile === undefined) return {};
  if (certFile === undefined || caFile === undefined) {
    throw new InvalidConfigError(['VOORMAN_NATS_CERT_FILE and VOORMAN_NATS_CA_FILE are set together']);
  }
  return { tls: { certFile, keyFile: certFile, caFile } };
}

function seedIn(file: string): string {
  let seed: string;
  try {
    seed = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new InvalidConfigError(['VOORMAN_NKEY_FILE cannot be read'], { cause });
  }
  if (seed === '') throw new InvalidConfigError(['VOORMAN_NKEY_FILE names an empty file']);
  return seed;
}
