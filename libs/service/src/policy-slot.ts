import type { LogConnection } from '@voorman/log/jetstream';
import { followBundle, HotPolicy } from '@voorman/policy';
import type { OperatorLog } from './journal-lines.js';

/** The policy of an enforcement point, kept at what the policy service published. Refuses everything until then. */
export async function openPolicy(
  connection: LogConnection,
  log: OperatorLog,
): Promise<{ readonly policy: HotPolicy; stop(): void }> {
  const policy = new HotPolicy();
  const stop = await followBundle(policy, connection.bundles, {
    installed: (bundle) => log.info({ revision: bundle.revision }, 'A policy bundle is in force.'),
    rejected: (fault) => log.error({ fault: fault.toPublic() }, 'A policy bundle was rejected.'),
    missing: () => log.warn('There is no policy bundle: everything is refused.'),
  });
  return { policy, stop };
}
