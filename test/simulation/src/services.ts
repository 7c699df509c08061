import {
  cardsOf,
  IntakeHandler,
  QuarantineHandler,
  SessionHandler,
  Sessions,
  Tasks,
} from '@voorman/orchestrator/handlers';
import {
  type AgentManifest,
  type CompiledTool,
  compileTool,
  type LoadedTool,
  type ToolManifest,
} from '@voorman/registry';
import { CallHandler } from '@voorman/tool-gateway/handlers';
import { brainOf, TaskHandler } from '@voorman/worker-agent/handlers';
import { BOTS, TOOLS } from './cast.js';
import { law } from './law.js';
import type { Start } from './process.js';
import type { SimulatedEffect } from './promises.js';
import type { Sabotage } from './sabotage.js';
import { SimulatedTools } from './simulated-tools.js';

const environment = 'simulation';
const cards = cardsOf({ agents: BOTS.map((manifest) => ({ ...manifest, file: manifest.name })) });
const compiled = (manifest: ToolManifest): [string, CompiledTool<LoadedTool>] => [
  manifest.name,
  compileTool({ ...manifest, file: manifest.name, folder: '.' }),
];
const tools = new Map(TOOLS.map(compiled));

/** A service's boot in surroundings that may be sabotaged. */
const started =
  (sabotage: Sabotage | undefined, start: Start): Start =>
  (surroundings) =>
    start(sabotage?.surroundings?.(surroundings) ?? surroundings);

/** The foreman, wired as its controller wires it. */
export const startOrchestrator = (sabotage?: Sabotage): Start =>
  started(sabotage, async ({ log, timers, inbox, clock, ids }) => {
    const ports = { log, timers, policy: sabotage?.policy ?? law, cards, clock, ids, environment };
    const sessions = new Sessions(ports);
    const handler = new SessionHandler(ports, sessions, new Tasks(ports));
    const intake = new IntakeHandler(ports, sessions);
    const quarantine = new QuarantineHandler(ports);
    await inbox.follow((message) => intake.received(message), {
      giveUp: (message, why) => quarantine.messageGivenUp(message, why),
    });
    await timers.follow((due) => handler.timerDue(due), { giveUp: (due, why) => quarantine.timerGivenUp(due, why) });
    await log.follow(async (record, delivery) => {
      switch (record.type) {
        case 'task-requested':
          return handler.goalRequested(record, delivery);
        case 'task-completed':
        case 'task-failed':
          return handler.taskEnded(record, delivery);
        case 'cancel-requested':
          return handler.cancelRequested(record);
        default:
          return undefined;
      }
    });
  });

/** A bot's host, wired as its controller wires it. */
export const startBot = (bot: AgentManifest, sabotage?: Sabotage): Start =>
  started(sabotage, async ({ log, payloads, clock, ids, random }) => {
    const scripted = brainOf(bot);
    const brain = sabotage?.brain?.(scripted, random) ?? scripted;
    const handler = new TaskHandler({ log, payloads, clock, ids, name: bot.name, brain });
    await log.follow(async (record, delivery) => {
      switch (record.type) {
        case 'task-requested':
        case 'tool-finished':
        case 'tool-refused':
        case 'tool-in-doubt':
        case 'task-expired':
        case 'task-cancelled':
          return handler.woken(record, delivery);
        default:
          return undefined;
      }
    });
  });

/** The gateway, wired as its controller wires it, with tools that only count. */
export const startGateway = (effects: SimulatedEffect[], sabotage?: Sabotage): Start => {
  const { policy = law, tool: changed } = sabotage ?? {};
  const offered = changed ? new Map(TOOLS.map((manifest) => compiled(changed(manifest)))) : tools;
  return started(sabotage, async (surroundings) => {
    const { log, payloads, clock, ids, wait, random } = surroundings;
    const handler = new CallHandler({
      log,
      payloads,
      policy,
      tools: () => offered,
      domainOf: (agent) => BOTS.find(({ name }) => name === agent)?.domain,
      executor: new SimulatedTools(effects, surroundings),
      clock,
      ids,
      random: () => random.fraction(),
      wait,
      redact: async (output) => ({ output, redacted: [] }),
      report: (_tool, fault) => surroundings.report(fault),
      environment,
    });
    await log.follow(async (record, delivery) => {
      switch (record.type) {
        case 'tool-requested':
          return handler.toolRequested(record, delivery);
        case 'approval-given':
          return handler.approvalGiven(record, delivery);
        case 'settlement-requested':
          return handler.settlementRequested(record);
        case 'session-cancelled':
          return handler.sessionCancelled(record);
        default:
          return undefined;
      }
    });
  });
};

/** A publisher that follows its answers and has nothing to do with them. */
export const startPublisher: Start = async ({ log }) => {
  await log.follow(() => Promise.resolve());
};
