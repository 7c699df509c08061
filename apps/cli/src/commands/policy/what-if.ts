import { PolicyInput, PolicyStore, WasmPolicyEngine } from '@voorman/policy';
import { compileBundle } from '@voorman/policy/authoring';
import type { Command } from 'commander';
import { type Client, withClient } from '../../client/connection.js';
import { decisionHistory } from '../../client/decision-history.js';
import type { FoundDecision } from '../../client/decisions.js';
import { moment } from '../../client/moment.js';
import { EXIT, NameError } from '../../errors.js';
import {
  type Act,
  type CommonOptions,
  type Context,
  command,
  contextOf,
  examples,
  token,
  wholeNumber,
} from '../context.js';
import { type Flip, WhatIf } from './flips.js';
import { orRejected } from './rejection.js';
import { compiler, findSources } from './sources.js';

interface WhatIfOptions extends CommonOptions {
  readonly bundle?: string;
  readonly revision?: string;
  readonly since?: number;
  readonly until?: number;
  readonly session?: string;
  readonly tenant: string;
  readonly limit: number;
}

/** `voorman policy what-if`: what was decided, decided by another policy. */
export const whatIf = (act: Act): Command =>
  examples(
    command('what-if', 'replay recorded decisions under another policy and list those that flip')
      .option('--bundle <dir>', 'a policy folder (default: that of the stack)')
      .option('--revision <revision>', 'a kept revision instead of a folder')
      .option('--since <time>', 'only decisions from then on, for instance 2026-03-01T10:15:00Z or 2h', moment)
      .option('--until <time>', 'only decisions until then', moment)
      .option('--session <id>', 'only this session', token)
      .option('--tenant <name>', 'tenant of the session', token, 'default')
      .option('--limit <n>', 'list at most so many flips; all are counted', wholeNumber(0, 1_000_000), 50)
      .action((options: WhatIfOptions) => act(() => replay(contextOf(options), options))),
    './voorman policy what-if --bundle my-policies --since 1d',
    './voorman policy what-if --revision 3f1a5c7d9e0b2468 --json',
  );

async function replay(context: Context, options: WhatIfOptions): Promise<number> {
  const { data, terminal } = context;
  return await orRejected(terminal, () =>
    withClient(data, async (client) => {
      const engine = await WasmPolicyEngine.load(await bundleOf(context, client, options));
      const began = performance.now();
      const what = new WhatIf((input) => engine.decide(input), options.limit);
      for await (const decision of decisionHistory(client.bus.log, filterOf(options))) {
        what.take(decision, inputOf(decision));
      }
      const ms = Math.round(performance.now() - began);
      const counts = what.counts();
      terminal.document({ revision: engine.revision, ...counts, ms, flips: what.flips });
      for (const flip of what.flips) terminal.line(lineOf(flip));
      const more = counts.flipped - what.flips.length;
      if (more > 0) terminal.line(`… and ${more} more (--limit)`);
      for (const [kind, table] of [
        ['tool', counts.by_tool],
        ['bot', counts.by_agent],
      ] as const) {
        for (const [name, { decisions, to_allow, to_deny }] of Object.entries(table)) {
          if (to_allow + to_deny > 0)
            terminal.line(`${kind} ${name}: ${to_deny} denied and ${to_allow} allowed of ${decisions}`);
        }
      }
      terminal.line(
        `${counts.decisions} decisions under ${engine.revision} in ${ms} ms: ${counts.flipped} flip` +
          `${counts.unknown > 0 ? `; ${counts.unknown} were recorded without their question and could not be asked` : ''}.`,
      );
      return EXIT.ok;
    }),
  );
}

async function bundleOf({ data }: Context, client: Client, options: WhatIfOptions): Promise<Uint8Array> {
  if (options.revision === undefined) {
    const { sources } = await findSources(data, options.bundle);
    return (await compileBundle(sources, await compiler(), Date.now())).bytes;
  }
  const bytes = await new PolicyStore(client.bus.bundles).get(options.revision);
  if (bytes !== undefined) return bytes;
  throw new NameError(`No policy of the revision ${options.revision} is kept.`, 'See: ./voorman policy status');
}

const filterOf = ({ tenant, session, since, until }: WhatIfOptions) => ({
  tenant,
  ...(session === undefined ? {} : { session }),
  ...(since === undefined ? {} : { sinceMs: since }),
  ...(until === undefined ? {} : { untilMs: until }),
});

function inputOf(decision: FoundDecision): PolicyInput | undefined {
  return decision.input === undefined ? undefined : PolicyInput.safeParse(decision.input).data;
}

const lineOf = ({ position, session, action, agent, tool, was, now, reasons }: Flip): string =>
  `${position}  ${was ? 'allow → deny' : now ? 'deny → allow' : 'deny'}  ${action} ${agent}${tool === null ? '' : ` ${tool}`} (${session}): ${reasons.join(' ')}`;
