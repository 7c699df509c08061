import { loadRegistries } from '@voorman/registry';
import { openPolicy, runService, systemClock, uuids } from '@voorman/service';
import { cardsOf } from './cards.js';
import { OrchestratorModule } from './orchestrator.module.js';

await runService(async ({ settings, connection, log }) => {
  const registry = await loadRegistries(settings.registry);
  for (const problem of registry.problems) log.error({ problem }, 'A manifest cannot be used.');
  const { policy, stop } = await openPolicy(connection, log);
  const { environment } = settings;
  const ports = { ...connection, policy, cards: cardsOf(registry), clock: systemClock, ids: uuids, environment };
  return {
    module: OrchestratorModule.on(ports),
    slots: 128,
    buffer: 128,
    stop,
    health: () => ({ ok: true, detail: { bundle: policy.revision, bots: registry.agents.map((agent) => agent.name) } }),
  };
});
