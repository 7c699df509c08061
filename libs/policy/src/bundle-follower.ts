import { hasCode, type VoormanError } from '@voorman/envelope';
import { oneAtATime } from '@voorman/following';
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

/** Which bundle is followed, and how soon a failed look is repeated. */
export interface FollowBundleOptions {
  /** Default `POLICY_BUNDLE`. */
  readonly name?: string;
  /** Calls back some time later, when the store may be within reach again; returns how to call that off. Default: 1 s. */
  readonly later?: (again: () => void) => () => void;
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
  { name = POLICY_BUNDLE, later = inOneSecond }: FollowBundleOptions = {},
): Promise<() => void> {
  let stopped = false;
  let callOff = (): void => undefined;

  const hint = oneAtATime(async () => {
    if (stopped) return;
    callOff();
    // Not every outage ends with a reconnect, and so with a hint.
    if (!(await look(policy, source, report, name)) && !stopped) callOff = later(() => void hint());
  });

  // Watching begins before the first look: what is published in between is not missed.
  const unwatch = source.watch((changed) => {
    if (changed === name && !stopped) void hint();
  });
  await hint();
  return () => {
    stopped = true;
    callOff();
    unwatch();
  };
}

/** @returns whether the store answered; what it answered was reported. */
async function look(policy: HotPolicy, source: BundleSource, report: BundleReport, name: string): Promise<boolean> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await source.get(name);
  } catch (fault) {
    report.missing(fault);
    return false;
  }
  if (bytes === undefined) {
    report.missing();
    return true;
  }
  try {
    const installed = await policy.install(bytes);
    if (installed.changed) report.installed(installed);
  } catch (fault) {
    if (!hasCode(fault, 'policy/bundle-rejected')) throw fault;
    report.rejected(fault as BundleRejectedError);
  }
  return true;
}

function inOneSecond(again: () => void): () => void {
  const timer = setTimeout(again, 1_000);
  timer.unref();
  return () => clearTimeout(timer);
}
