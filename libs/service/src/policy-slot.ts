import type { LogConnection } from '@voorman/log/jetstream';
import { followBundle, HotPolicy, NO_BUNDLE } from '@voorman/policy';
import { faultOf, type OperatorLog } from './journal-lines.js';

/** The policy of an enforcement point, kept at what the policy service published. Refuses everything until then. */
export async function openPolicy(
  connection: Pick<LogConnection, 'bundles'>,
  log: OperatorLog,
): Promise<{ readonly policy: HotPolicy; stop(): void }> {
  const policy = new HotPolicy();
  const stop = await followBundle(policy, connection.bundles, {
    installed: (bundle) => log.info({ revision: bundle.revision }, 'A policy bundle is in force.'),
    rejected: (fault) => log.error({ fault: fault.toPublic() }, 'A policy bundle was rejected.'),
    missing: (fault) => {
      const inForce = policy.revision === NO_BUNDLE ? 'everything is refused' : `${policy.revision} stays in force`;
      if (fault === undefined) log.warn(`The store holds no policy bundle: ${inForce}.`);
      else log.warn({ fault: faultOf(fault) }, `The policy bundle could not be read, it is tried again: ${inForce}.`);
    },
  });
  return { policy, stop };
}
