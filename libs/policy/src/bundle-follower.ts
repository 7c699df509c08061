import { hasCode, type VoormanError } from '@voorman/envelope';
import { BundleRejectedError } from './errors.js';
import type { HotPolicy, Installed } from './hot-policy.js';

/** The slice of the log's bundle store that an enforcement point needs. */
export interface BundleSource {
  get(name: string): Promise<Uint8Array | undefined>;
  /** Calls back when an object may have changed: a hint only, also after every reconnect. Returns how to stop. */
  watch(changed: (name: string) => void): () => void;
}

/** Under this name the policy service publishes what enforcement points follow. */
export const POLICY_BUNDLE = 'policy';

/** What an enforcement point tells its operator. */
export interface BundleReport {
  installed(bundle: Installed): void;
  /** The store holds something unusable; what was in force, if anything, stays in force. */
  rejected(fault: VoormanError): void;
  /** The store holds no bundle, or could not be asked; what was in force, if anything, stays in force. */
  missing(fault?: unknown): void;
}

/**
 * Keeps a policy at what the store holds: installs the bundle that is there, then each one that a hint announces. Hints
 * that come while one is being looked at lead to one more look, never to a queue.
 * @returns how to stop; resolves when the first look is over, also when there was no bundle.
 */
export async function followBundle(
  policy: HotPolicy,
  source: BundleSource,
  report: BundleReport,
  name = POLICY_BUNDLE,
): Promise<() => void> {
  let stopped = false;
  let looking: Promise<void> | undefined;
  let again = false;

  const lookUntilCurrent = async (): Promise<void> => {
    do {
      again = false;
      await look(policy, source, report, name);
    } while (again && !stopped);
    looking = undefined;
  };
  const hint = (): Promise<void> => {
    again = true;
    looking ??= lookUntilCurrent();
    return looking;
  };

  // Watching begins before the first look: what is published in between is not missed.
  const unwatch = source.watch((changed) => {
    if (changed === name && !stopped) void hint();
  });
  await hint();
  return () => {
    stopped = true;
    unwatch();
  };
}

async function look(policy: HotPolicy, source: BundleSource, report: BundleReport, name: string): Promise<void> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await source.get(name);
  } catch (fault) {
    // The store is out of reach: after the reconnect there is a hint. Until then the verified one stays in force.
    report.missing(fault);
    return;
  }
  if (bytes === undefined) return report.missing();
  try {
    const installed = await policy.install(bytes);
    if (installed.changed) report.installed(installed);
  } catch (fault) {
    if (!hasCode(fault, 'policy/bundle-rejected')) throw fault;
    report.rejected(fault as BundleRejectedError);
  }
}
