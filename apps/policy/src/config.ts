import { join } from 'node:path';
import { InvalidConfigError } from '@voorman/service';
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
});

export interface PolicySettings {
  readonly policiesDir: string;
  readonly quietMs: number;
  readonly rescanMs: number;
}

/** @throws {InvalidConfigError} naming every setting that does not fit. */
export function loadPolicySettings(env: NodeJS.ProcessEnv, registry: readonly string[]): PolicySettings {
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
  });
}
