import { join } from 'node:path';
import { AttachmentFiles, openKeyring } from '@voorman/executors';
import { loadRegistries } from '@voorman/registry';
import { openPolicy, runService, systemClock, uuids } from '@voorman/service';
import { openExecutors } from './adapters/executors.js';
import { keptKey } from './adapters/kept-key.js';
import { openPrograms } from './adapters/programs.js';
import { Redactions } from './adapters/redactions.js';
import { waitUnless } from './adapters/waiting.js';
import { loadGatewayConfig } from './config.js';
import { openShelf } from './registry/open-shelf.js';
import { ToolGatewayModule } from './tool-gateway.module.js';

await runService(async ({ settings, connection, log }) => {
  const registry = await loadRegistries(settings.registry);
  for (const problem of registry.problems) log.error({ problem }, 'A manifest cannot be used.');
  const attachments = new AttachmentFiles(join(settings.data, 'attachments'), connection.payloads);
  await attachments.open();
  const onShelf = await openShelf(connection, settings, log);
  const domains = new Map(registry.agents.map((agent) => [agent.name, agent.domain]));
  const keyring = await openKeyring(process.env, settings.data);
  const programs = await openPrograms({
    config: loadGatewayConfig(process.env),
    registry: settings.registry,
    data: settings.data,
    attachments,
    log,
  });
  const executor = openExecutors(keyring, programs, log);
  const redactions = new Redactions(await keptKey(join(settings.data, 'redaction.key')), (fault) =>
    log.error({ err: fault }, 'The thread that looks through large outputs broke; it is begun again.'),
  );
  const { policy, stop } = await openPolicy(connection, log, settings);
  return {
    module: ToolGatewayModule.on({
      log: connection.log,
      payloads: connection.payloads,
      policy,
      tools: (revision) => onShelf.shelf.toolsOf(revision),
      digestOf: (tool, revision) => onShelf.shelf.digestOf(tool, revision),
      domainOf: (agent) => domains.get(agent),
      executor,
      clock: systemClock,
      ids: uuids,
      random: Math.random,
      wait: (ms, signal) => waitUnless(ms, signal),
      redact: redactions.redact,
      report: (tool, fault) => log.error({ tool, err: fault }, 'The gateway met a fault of its own.'),
      environment: settings.environment,
    }),
    // Calls wait for the world, not for us: many at once, few waiting where no beat covers them.
    slots: 512,
    // Parallel steps of a task run in parallel; what must not overlap is guarded by the boundary, not by an order.
    isOrdered: false,
    buffer: 64,
    health: () => ({
      ok: true,
      detail: {
        bundle: policy.revision,
        ...onShelf.detail(),
        problems: registry.problems.length + programs.problems,
        ...programs.detail,
      },
    }),
    stop: async () => {
      await executor.stop();
      await redactions.stop();
      await keyring.stop();
      onShelf.stop();
      stop();
    },
  };
});
