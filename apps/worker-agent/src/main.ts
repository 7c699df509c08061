import { loadAgent } from '@voorman/registry';
import { runService, systemClock, uuids } from '@voorman/service';
import { agentFile, WrongAgentError } from './arguments.js';
import { brainOf } from './brains.js';
import { WorkerAgentModule } from './worker-agent.module.js';

await runService(async ({ settings, connection }) => {
  const agent = await loadAgent(agentFile(process.argv.slice(2)));
  if (agent.name !== settings.name) throw new WrongAgentError(settings.name, agent.name);
  const brain = brainOf(agent);
  return {
    module: WorkerAgentModule.on({
      log: connection.log,
      payloads: connection.payloads,
      clock: systemClock,
      ids: uuids,
      name: agent.name,
      brain,
    }),
    slots: agent.limits.tasks_at_once,
    buffer: agent.limits.tasks_at_once,
    health: () => ({ ok: true, detail: { agent: agent.name, version: agent.version, domain: agent.domain } }),
  };
});
