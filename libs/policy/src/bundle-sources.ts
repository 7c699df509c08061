import { z } from 'zod';
import type { Bundle } from './bundle.js';
import { BundleRejectedError } from './errors.js';

/**
 * What a bundle was compiled from, for engines that read Rego and for explanations. Tests are not part of it.
 */
export const BundleSources = z.strictObject({
  files: z
    .array(z.strictObject({ path: z.string().max(1_024), text: z.string(), rego: z.literal([0, 1]) }))
    .describe('each file as it was written, with the version of the syntax that it is written in'),
  sidecar: z
    .strictObject({
      root: z.string().regex(/^[a-z][a-z0-9_]{0,127}$/),
      modules: z.record(z.string(), z.string()),
    })
    .optional()
    .describe('the same rules, moved below data.<root>, so that several revisions can live in one OPA'),
});
export type BundleSources = z.infer<typeof BundleSources>;

/** @throws {BundleRejectedError} the bundle has no sources, or what it has are none. */
export function sourcesOf(bundle: Bundle): BundleSources {
  if (bundle.sources === undefined)
    throw new BundleRejectedError('it does not hold the rules that it was compiled from');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bundle.sources));
  } catch (cause) {
    throw new BundleRejectedError('its sources are not JSON', { cause });
  }
  const parsed = BundleSources.safeParse(value);
  if (!parsed.success) throw new BundleRejectedError('its sources are in a shape that nobody knows');
  return parsed.data;
}

/** The package of the module that answers for all entry points at once, below a sidecar's root. */
export const GATE_PACKAGE = 'voorman_gate';

/** The file of that module. */
export const GATE_FILE = 'voorman-gate.rego';
