import { botPermissions } from '@voorman/log/jetstream';
import { type BusTargets, busTargets, decodeBundle, PolicyStore, policyInput, WasmPolicyEngine } from '@voorman/policy';
import { compileBundle, type RegistryData } from '@voorman/policy/authoring';
import type { Command } from 'commander';
import { withClient } from '../../client/connection.js';
import { EXIT, NameError } from '../../errors.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples } from '../context.js';
import { orRejected } from './rejection.js';
import { compiler, findSources } from './sources.js';

interface PermissionsOptions extends CommonOptions {
  readonly inForce?: boolean;
}

/** `voorman policy permissions`: what the bus lets each bot do, as it follows from the policy. */
export const permissions = (act: Act): Command =>
  examples(
    command('permissions', 'show whom each bot may address on the bus and which tools it may execute, as policy says')
      .argument('[dir]', 'the policy folder (default: that of the stack)')
      .option('--in-force', 'the published policy instead of a folder')
      .action((dir: string | undefined, options: PermissionsOptions) =>
        act(() => show(contextOf(options), dir, options.inForce ?? false)),
      ),
    './voorman policy permissions --json',
  );

async function show(context: Context, dir: string | undefined, inForce: boolean): Promise<number> {
  const { terminal, data } = context;
  return await orRejected(terminal, async () => {
    const { sources } = await findSources(data, dir);
    const bytes = inForce
      ? await withClient(data, ({ bus }) => new PolicyStore(bus.bundles).current())
      : (await compileBundle(sources, await compiler(), Date.now())).bytes;
    if (bytes === undefined) throw new NameError('No policy is published.', 'Publish one with: ./voorman policy push');
    const bundle = decodeBundle(bytes);
    const targets = (await busTargets(bundle)) ?? {};
    const engine = await WasmPolicyEngine.load(bytes);
    const bots = botsOf(engine, sources.registry, targets);
    terminal.document({ revision: bundle.manifest.revision, rule: bundle.manifest.permissions ?? null, bots });
    for (const bot of bots) {
      terminal.line(`${bot.name}`);
      terminal.line(`  may address  ${bot.targets.join(', ') || 'nobody'}`);
      terminal.line(`  may execute  ${bot.tools.join(', ') || 'nothing'}`);
    }
    return EXIT.ok;
  });
}

/** The names are promised. */
const botsOf = (engine: WasmPolicyEngine, registry: RegistryData, targets: BusTargets) =>
  Object.keys(registry.agents)
    .toSorted()
    .map((name) => {
      const reached = targets[name] ?? [];
      return {
        name,
        targets: reached,
        tools: toolsOf(engine, registry, name),
        ...botPermissions({ name, targets: reached }),
      };
    });

/** What it may execute in the plainest of sessions: no user, no role, nothing used up. */
const toolsOf = (engine: WasmPolicyEngine, registry: RegistryData, agent: string): string[] =>
  Object.entries(registry.tools)
    .filter(([name, { version, type, effect }]) => {
      const tool = { name, version, type, effect: effect as 'read' | 'repeatable' | 'once' };
      const agent_domain = registry.agents[agent]?.domain;
      return engine.decide(
        policyInput({
          action: 'tool_execute',
          tenant: 'default',
          session: 'permissions',
          agent,
          ...(agent_domain === undefined ? {} : { agent_domain }),
          tool,
        }),
      ).allow;
    })
    .map(([name]) => name)
    .toSorted();
