import { followRevision } from '@voorman/distribution';
import { loadRegistries } from '@voorman/registry';
import { openPolicy, runService, systemClock, uuids } from '@voorman/service';
import { loadBudget, rolesIn } from './adapters/terms-files.js';
import { cardsOf } from './cards.js';
import { OrchestratorModule } from './orchestrator.module.js';

await runService(async ({ settings, connection, log }) => {
  const registry = await loadRegistries(settings.registry);
  const { budget, problems } = await loadBudget(settings.registry);
  for (const problem of [...registry.problems, ...problems]) log.error({ problem }, 'A manifest cannot be used.');
  const { policy, stop } = await openPolicy(connection, log, settings);
  const { environment } = settings;
  const tools = await followRevision(connection.bundles, (fault) =>
    log.warn({ err: fault }, 'The registry could not be read; new sessions begin with what was known.'),
  );
  const publishers = process.env.VOORMAN_PUBLISHERS;
  const ports = {
    ...connection,
    policy,
    cards: cardsOf(registry),
    clock: systemClock,
    ids: uuids,
    environment,
    terms: {
      budget,
      registry: tools.revision,
      rolesOf: (tenant: string, publisher: string) => rolesIn(publishers, tenant, publisher),
    },
  };
  return {
    module: OrchestratorModule.on(ports),
    slots: 128,
    buffer: 128,
    stop: () => {
      tools.stop();
      stop();
    },
    health: () => ({ ok: true, detail: { bundle: policy.revision, bots: registry.agents.map((agent) => agent.name) } }),
  };
});
