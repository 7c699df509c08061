import { join } from 'node:path';
import { z } from 'zod';
import { InvalidConfigError } from './config.js';

/** What an enforcement point takes from its environment for policy alone. */
const PolicyPointConfig = z.object({
  VOORMAN_OPA_SOCKET: z
    .string()
    .optional()
    .describe('unix domain socket of an OPA that decides in place of this process'),
  VOORMAN_OPA_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(1)
    .max(60_000)
    .default(250)
    .describe('after this a decision of that OPA is a refusal'),
});

/** What a service that enforces policy is told by its environment. */
export interface PolicyPointSettings {
  /** Present where an OPA beside the service decides. */
  readonly opa?: { readonly socket: string; readonly timeoutMs: number };
}

/** @throws {InvalidConfigError} naming every setting that does not fit. */
export function loadPolicyPointSettings(env: NodeJS.ProcessEnv): PolicyPointSettings {
  const parsed = PolicyPointConfig.safeParse(
    Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')),
  );
  if (!parsed.success) {
    throw new InvalidConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  }
  const { VOORMAN_OPA_SOCKET: socket, VOORMAN_OPA_TIMEOUT_MS: timeoutMs } = parsed.data;
  return socket === undefined ? {} : { opa: { socket, timeoutMs } };
}

/** Where it is written whom to trust: in each registry folder and in the data folder. */
export const trustFolders = ({ registry, data }: { readonly registry: readonly string[]; readonly data: string }) =>
  [...registry, data].map((folder) => join(folder, 'trust'));
