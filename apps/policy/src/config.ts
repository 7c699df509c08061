import { join } from 'node:path';
import { InvalidConfigError } from '@voorman/service';
import type { KeySource } from '@voorman/signing';
import { z } from 'zod';

/** The settings of this service alone; the others are every service's. */
const PolicyConfig = z.object({
  VOORMAN_POLICIES: z
    .string()
    .min(1)
    .optional()
    .describe('folder of the Rego files; default: policies in the first registry folder'),
  VOORMAN_POLICY_QUIET_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(60_000)
    .default(100)
    .describe('how long files must be at rest before they are read'),
  VOORMAN_POLICY_RESCAN_MS: z.coerce
    .number()
    .int()
    .min(100)
    .default(30_000)
    .describe('how often to look where the file system tells nothing'),
  VOORMAN_SIGNING_KEY: z.string().optional().describe('private key in PEM that bundles are signed with'),
  VOORMAN_SIGNING_KEY_FILE: z
    .string()
    .optional()
    .describe('file of that key instead; default: keys/signing.pem in the data folder'),
});

export interface PolicySettings {
  readonly policiesDir: string;
  readonly quietMs: number;
  readonly rescanMs: number;
  /** Where the key lies that bundles are signed with. */
  readonly key: KeySource;
}

/** @throws {InvalidConfigError} naming every setting that does not fit. */
export function loadPolicySettings(env: NodeJS.ProcessEnv, registry: readonly string[], data: string): PolicySettings {
  const parsed = PolicyConfig.safeParse(env);
  if (!parsed.success) {
    throw new InvalidConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  }
  const [first] = registry;
  const policiesDir = parsed.data.VOORMAN_POLICIES ?? (first === undefined ? undefined : join(first, 'policies'));
  if (policiesDir === undefined) throw new InvalidConfigError(['VOORMAN_REGISTRY names no folder']);
  return Object.freeze({
    policiesDir,
    quietMs: parsed.data.VOORMAN_POLICY_QUIET_MS,
    rescanMs: parsed.data.VOORMAN_POLICY_RESCAN_MS,
    key:
      parsed.data.VOORMAN_SIGNING_KEY === undefined
        ? { file: parsed.data.VOORMAN_SIGNING_KEY_FILE ?? join(data, 'keys', 'signing.pem') }
        : { env: 'VOORMAN_SIGNING_KEY' },
  });
}
