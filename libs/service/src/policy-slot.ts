import type { LogConnection } from '@voorman/log/jetstream';
import { followBundle, HotPolicy, NO_BUNDLE, SidecarPolicyEngine } from '@voorman/policy';
import { loadTrust } from '@voorman/signing';
import { faultOf, type OperatorLog } from './journal-lines.js';
import { loadPolicyPointSettings, type PolicyPointSettings, trustFolders } from './policy-settings.js';
import { requireTrusted } from './policy-trust.js';

/**
 * The policy of an enforcement point, kept at what was published and signed by a trusted key. Refuses everything until then.
 * @param folders whose `trust` folders say whom to trust.
 * @param point default: what the process's environment says.
 */
export async function openPolicy(
  connection: Pick<LogConnection, 'bundles'>,
  log: OperatorLog,
  folders: { readonly registry: readonly string[]; readonly data: string },
  point: PolicyPointSettings = loadPolicyPointSettings(process.env),
): Promise<{ readonly policy: HotPolicy; stop(): void }> {
  const { opa } = point;
  const trusted = trustFolders(folders);
  const policy = new HotPolicy({
    onFault: (fault) =>
      log.error({ fault: fault.toPublic(), problem: fault.problem }, 'A decision failed, and was a refusal.'),
    verify: async (bundle) => requireTrusted(bundle, await loadTrust(trusted), Date.now()),
    ...(opa === undefined ? {} : { load: (bytes, options) => SidecarPolicyEngine.load(bytes, { ...options, ...opa }) }),
  });
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
