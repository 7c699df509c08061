import type { Recorded } from '@voorman/envelope';
import type { Command } from 'commander';
import { argumentsOf, type CallStory, keyInTheWorld, probeSentence, probesOf, readCalls } from '../../client/calls.js';
import { withClient } from '../../client/connection.js';
import { sendWord } from '../../client/word.js';
import { EXIT, UsageError } from '../../errors.js';
import { clockTime } from '../../output/progress.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples, token } from '../context.js';
import { chosen } from './choice.js';

interface ListOptions extends CommonOptions {
  readonly session?: string;
  readonly tenant: string;
  readonly inDoubt?: boolean;
}

interface SettleOptions extends ListOptions {
  readonly happened?: boolean;
  readonly didNotHappen?: boolean;
  readonly because: string;
}

/** `voorman calls`: what became of tool calls; and settling those in doubt. */
export const calls = (act: Act): Command =>
  examples(
    command('calls', 'list tool calls, of one session or of all')
      .enablePositionalOptions()
      .option('--session <id>', 'only this session', token)
      .option('--tenant <name>', 'tenant of the session', token, 'default')
      .option('--in-doubt', 'only calls that may or may not have happened, with everything known about them')
      .action((options: ListOptions) => act(() => list(contextOf(options), options))),
    './voorman calls --in-doubt',
    './voorman calls --session session-20260301-101500-3fa9c1',
    './voorman calls settle 3f2a --happened --because "The bank has booked it."',
  ).addCommand(
    command('settle', 'say what became of a call in doubt')
      .argument('<call>', 'its id, or how that begins', token)
      .option('--session <id>', 'its session, where the id alone is not clear', token)
      .option('--tenant <name>', 'tenant of the session', token, 'default')
      .option('--happened', 'it happened')
      .option('--did-not-happen', 'it did not happen')
      .requiredOption('--because <text>', 'how you know, for the record')
      .action((call: string, options: SettleOptions) => act(() => settle(contextOf(options), call, options))),
  );

const whereOf = ({ tenant, session }: Pick<ListOptions, 'tenant' | 'session'>) =>
  session === undefined ? undefined : { tenant, session };

async function list({ data, terminal }: Context, options: ListOptions): Promise<number> {
  return await withClient(data, async (client) => {
    const all = await readCalls(client, whereOf(options));
    const shown = options.inDoubt ? all.filter(({ state }) => state === 'in-doubt') : all;
    for (const call of shown) {
      const args = options.inDoubt ? await argumentsOf(client, call) : undefined;
      const asked = options.inDoubt ? probesOf(call, all) : [];
      const more = options.inDoubt ? { idempotency_key: keyInTheWorld(call), arguments: args, asked } : {};
      terminal.document({ ...call, ...more });
      terminal.line(lineOf(call));
      if (!options.inDoubt) continue;
      terminal.line(
        `    session ${call.session}, task ${call.task_id}, version ${call.version}, attempt ${call.attempts}`,
      );
      terminal.line(`    sent to ${call.endpoint ?? call.tool} under the key ${keyInTheWorld(call)}`);
      if (args !== undefined) terminal.line(`    with ${JSON.stringify(args).slice(0, 1_000)}`);
      if (call.fault !== undefined) terminal.line(`    ${call.fault.message}`);
      for (const probe of asked) terminal.line(`    ${probeSentence(probe)}`);
    }
    if (shown.length === 0) terminal.line(options.inDoubt ? 'No call is in doubt.' : 'There are no calls.');
    return EXIT.ok;
  });
}

const lineOf = (call: CallStory): string =>
  `${clockTime(call.began_at_ms)}  ${call.call_id.slice(0, 12).padEnd(12)}  ${call.state.padEnd(9)}  ${call.tool} for ${call.agent}${
    call.probes === undefined ? '' : `, about ${call.probes.slice(0, 12)}`
  }${
    call.settlement === undefined
      ? ''
      : `: ${call.settlement.happened ? 'happened' : 'did not happen'}, ${call.settlement.because}`
  }`;

async function settle({ data, terminal }: Context, id: string, options: SettleOptions): Promise<number> {
  if ((options.happened ?? false) === (options.didNotHappen ?? false)) {
    throw new UsageError('Say what became of it.', 'Give either --happened or --did-not-happen.');
  }
  const happened = options.happened ?? false;
  return await withClient(data, async (client) => {
    const doubts = (await readCalls(client, whereOf(options))).filter(({ state }) => state === 'in-doubt');
    const call = chosen(doubts, id, 'is in doubt');
    const payload = { action: 'settle', call: call.call_id, agent: call.agent, happened, because: options.because };
    const endOf = (record: Recorded) => {
      const isEnd = record.type === 'call-settled' || record.type === 'tool-finished';
      return isEnd && record.payload.call_id === call.call_id ? 'done' : undefined;
    };
    return sendWord({ client, terminal, call, payload, endOf });
  });
}
