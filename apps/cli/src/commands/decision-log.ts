import { type Command, Option } from 'commander';
import { AskedRules } from '../client/asked-rules.js';
import { withClient } from '../client/connection.js';
import { type DecisionFilter, decisionHistory, requireSession } from '../client/decision-history.js';
import { decisionDocument, decisionLine } from '../client/decisions.js';
import { moment } from '../client/moment.js';
import { EXIT } from '../errors.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples, token } from './context.js';

interface DecisionLogOptions extends CommonOptions {
  readonly sessionId?: string;
  readonly tenant: string;
  readonly agent?: string;
  readonly tool?: string;
  readonly outcome?: 'allow' | 'deny';
  readonly since?: number;
  readonly until?: number;
}

/** `voorman decision-log`: what policy decided, and why. */
export const decisionLog = (act: Act): Command =>
  examples(
    command('decision-log', 'print what policy decided; --json prints one decision per line, as OPA does')
      .option('--session-id <id>', 'only this session', token)
      .option('--tenant <name>', 'tenant of the session', token, 'default')
      .option('--agent <name>', 'only what this one asked for', token)
      .option('--tool <name>', 'only decisions about this tool')
      .addOption(new Option('--outcome <what>', 'only these').choices(['allow', 'deny']))
      .option('--since <time>', 'only from then on, for instance 2026-03-01T10:15:00Z or 15m', moment)
      .option('--until <time>', 'only until then', moment)
      .action((options: DecisionLogOptions) => act(() => print(contextOf(options), options))),
    './voorman decision-log --session-id session-20260301-101500-3fa9c1',
    './voorman decision-log --outcome deny --since 1h --json',
  );

async function print({ data, terminal }: Context, options: DecisionLogOptions): Promise<number> {
  return await withClient(data, async (client) => {
    if (options.sessionId !== undefined) await requireSession(client.bus.log, options.tenant, options.sessionId);
    const asked = terminal.json ? await AskedRules.of(client) : undefined;
    let isEmpty = true;
    for await (const decision of decisionHistory(client.bus.log, filterOf(options))) {
      isEmpty = false;
      terminal.document(decisionDocument(decision, asked?.about(decision) ?? []));
      terminal.line(decisionLine(decision));
    }
    if (isEmpty) terminal.note('No such decision is recorded.');
    return EXIT.ok;
  });
}

const filterOf = (options: DecisionLogOptions): DecisionFilter => ({
  tenant: options.tenant,
  ...(options.sessionId === undefined ? {} : { session: options.sessionId }),
  ...(options.agent === undefined ? {} : { agent: options.agent }),
  ...(options.tool === undefined ? {} : { tool: options.tool }),
  ...(options.outcome === undefined ? {} : { allow: options.outcome === 'allow' }),
  ...(options.since === undefined ? {} : { sinceMs: options.since }),
  ...(options.until === undefined ? {} : { untilMs: options.until }),
});
