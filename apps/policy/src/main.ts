import { join } from 'node:path';
import { type Bundle, POLICY_BUNDLE } from '@voorman/policy';
import { OpaCommand } from '@voorman/policy/authoring';
import { requireTrusted, runService, systemClock, trustFolders, uuids } from '@voorman/service';
import { loadSigningKey, loadTrust } from '@voorman/signing';
import { watchFolders } from './adapters/folder-watch.js';
import { readSources } from './adapters/registry-folder.js';
import { BundleKeeper } from './bundle-keeper.js';
import { loadPolicySettings } from './config.js';
import { operatorReport } from './operator-report.js';
import { PolicyModule } from './policy.module.js';
import { PublishHandler } from './publish.handler.js';
import { RegistryJournal } from './registry-journal.js';

await runService(async ({ settings, connection, log }) => {
  const { policiesDir, quietMs, rescanMs, key } = loadPolicySettings(process.env, settings.registry, settings.data);
  const signer = () => loadSigningKey(key);
  const believed = async (bundle: Bundle): Promise<void> =>
    requireTrusted(bundle, await loadTrust(trustFolders(settings)), systemClock.nowMs());
  const compiler = await OpaCommand.locate({ scratchDir: join(settings.data, 'policy') });
  const { log: records, bundles } = connection;
  const handler = new PublishHandler({
    log: records,
    bundles,
    compiler,
    signer,
    requireTrusted: believed,
    clock: systemClock,
    ids: uuids,
  });
  const keeper = new BundleKeeper(
    () => readSources({ policiesDir, registryDir: settings.registry }),
    (sources, isEdit) => handler.publish(sources, isEdit),
    operatorReport(log),
  );
  const stop = watchFolders([policiesDir, ...settings.registry], () => void keeper.look(), { quietMs, rescanMs });
  // Ready means published, or refused and said so: enforcement points that start later find what there is.
  await keeper.look();
  // What was pushed or rolled back to goes on record as well.
  const unwatch = bundles.watch((name) => {
    if (name !== POLICY_BUNDLE) return;
    handler.noticed().then(
      (bundle) => bundle && keeper.noticed(bundle.revision),
      (fault: unknown) => log.error({ fault: String(fault) }, 'What was published could not be recorded.'),
    );
  });
  const journal = new RegistryJournal({ log: records, bundles, clock: systemClock, ids: uuids });
  const leave = journal.follow((fault) =>
    log.error({ fault: String(fault) }, 'What was published of the tools could not be recorded.'),
  );
  return {
    module: PolicyModule.on(keeper),
    stop: () => {
      leave();
      unwatch();
      stop();
    },
    health: () => ({ ok: keeper.state.revision !== undefined, detail: { ...keeper.state, compiler: compiler.name } }),
  };
});
