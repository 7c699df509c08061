import type { JsonObject, Recorded } from '@voorman/envelope';
import type { Command } from 'commander';
import { isPending, readCalls } from '../../client/calls.js';
import { withClient } from '../../client/connection.js';
import { jsonObjectOf } from '../../client/text-file.js';
import { sendWord } from '../../client/word.js';
import { EXIT } from '../../errors.js';
import { clockTime } from '../../output/progress.js';
import { requireFitting } from '../../registry/fitting-arguments.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples, token } from '../context.js';
import { chosen } from './choice.js';

interface WhereOptions extends CommonOptions {
  readonly session?: string;
  readonly tenant: string;
}

interface DecideOptions extends WhereOptions {
  readonly edit?: string;
  readonly because: string;
}

/** `voorman approvals`: calls and drafts that wait for a person. */
export const approvals = (act: Act): Command =>
  examples(
    command('approvals', 'list calls and drafts that wait for a person')
      .option('--session <id>', 'only this session', token)
      .option('--tenant <name>', 'tenant of the session', token, 'default')
      .action((options: WhereOptions) => act(() => list(contextOf(options), options))),
    './voorman approvals',
  );

/** `voorman approve`: let a call happen, or a draft be sent, as it is or edited. */
export const approve = (act: Act): Command =>
  examples(
    deciding('approve', 'let a waiting call happen, or a draft be sent')
      .option(
        '--edit <file>',
        'JSON file with the arguments to use instead; what does not fit the tool is not sent, and policy is asked again (exit code 13: refused)',
      )
      .action((call: string, options: DecideOptions) => act(() => decide(contextOf(options), call, true, options))),
    './voorman approve 3f2a --because "Checked with the customer."',
    './voorman approve 3f2a --edit mail.json --because "Shorter."',
  );

/** `voorman reject`: a waiting call is refused, or a draft is dropped. */
export const reject = (act: Act): Command =>
  examples(
    deciding('reject', 'refuse a waiting call, or drop a draft').action((call: string, options: DecideOptions) =>
      act(() => decide(contextOf(options), call, false, options)),
    ),
    './voorman reject 3f2a --because "Not to this address."',
  );

const deciding = (name: string, description: string): Command =>
  command(name, description)
    .argument('<call>', 'its id, or how that begins', token)
    .option('--session <id>', 'its session, where the id alone is not clear', token)
    .option('--tenant <name>', 'tenant of the session', token, 'default')
    .requiredOption('--because <text>', 'why, for the record');

const whereOf = ({ tenant, session }: WhereOptions) => (session === undefined ? undefined : { tenant, session });

async function list({ data, terminal }: Context, options: WhereOptions): Promise<number> {
  return await withClient(data, async (client) => {
    const pending = (await readCalls(client, whereOf(options))).filter(isPending);
    for (const call of pending) {
      terminal.document(call);
      const { proposal } = call;
      terminal.line(
        `${clockTime(call.changed_at_ms)}  ${call.call_id.slice(0, 12).padEnd(12)}  ${(proposal?.kind ?? '').padEnd(5)}  ${call.tool} for ${call.agent}: ${proposal?.reason}`,
      );
      terminal.line(`    session ${call.session}; ${shownInPart(proposal?.arguments ?? {})}`);
    }
    if (pending.length === 0) terminal.line('Nothing waits for a person.');
    return EXIT.ok;
  });
}

const MAX_SHOWN = 1_000;
const WANTED = 'Write the arguments of the call into it, as JSON.';

/** What would be done, and how much of it does not stand here: nobody agrees to the rest for not having seen it. */
export function shownInPart(args: JsonObject): string {
  const text = JSON.stringify(args);
  const rest = text.length - MAX_SHOWN;
  return rest <= 0 ? text : `${text.slice(0, MAX_SHOWN)}… AND ${rest} CHARACTERS MORE, which --json shows`;
}

async function decide(
  { data, terminal }: Context,
  id: string,
  approved: boolean,
  options: DecideOptions,
): Promise<number> {
  const edited: { arguments?: JsonObject } =
    options.edit === undefined ? {} : { arguments: await jsonObjectOf(options.edit, WANTED) };
  return await withClient(data, async (client) => {
    const pending = (await readCalls(client, whereOf(options))).filter(isPending);
    const call = chosen(pending, id, 'waits for a person');
    if (edited.arguments !== undefined) await requireFitting(client, call, edited.arguments);
    const digest = call.proposal?.digest ?? '';
    const { call_id, agent } = call;
    const { because } = options;
    const payload = { action: 'approve', call: call_id, agent, digest, approved, because, ...edited };
    const endOf = (record: Recorded) => {
      const isIt = record.type === 'tool-started' || record.type === 'tool-refused';
      if (!isIt || record.payload.call_id !== call_id) return undefined;
      // Edited arguments may not fit, and policy has a word after the person's.
      return approved === (record.type === 'tool-started') ? 'done' : 'refused';
    };
    const tell = (record: Recorded) =>
      record.type === 'tool-started'
        ? `Approved: ${record.payload.tool} runs now. How it ends: voorman calls --session ${call.session}`
        : undefined;
    return sendWord({ client, terminal, call, payload, endOf, tell });
  });
}
