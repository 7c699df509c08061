import { FOREMAN, MAX_TTL_SECONDS, OPERATOR, type Recorded, SessionBudget } from '@voorman/envelope';
import { type Command, InvalidArgumentError } from 'commander';
import { chooseFiles, upload } from '../client/attachments.js';
import { cancelSession } from '../client/cancel.js';
import { openClient } from '../client/connection.js';
import { type Ending, exitCodeOf, freshName, publish } from '../client/goal.js';
import { EXIT, UsageError } from '../errors.js';
import { printEnding } from '../output/ending.js';
import { clockTime, progress } from '../output/progress.js';
import { requireRoom } from '../stack/data-folder.js';
import {
  type Act,
  type CommonOptions,
  type Context,
  command,
  contextOf,
  each,
  examples,
  token,
  wholeNumber,
} from './context.js';

export interface RunOptions extends CommonOptions {
  readonly attach?: readonly string[];
  readonly session?: string;
  readonly ttl: number;
  readonly action?: string;
  readonly tenant: string;
  readonly budget?: SessionBudget;
  readonly user?: string;
  readonly role?: string;
  /** Whether Ctrl-C cancels the goal; default true. */
  readonly cancels?: boolean;
}

/** `voorman run`: one goal, from asking to the answer. */
export const run = (act: Act): Command =>
  examples(
    command('run', 'give the stack a goal and wait for the answer')
      .argument('<goal>', 'what is wanted, in plain words')
      .option('--attach <file>', 'file that the bots may read; may be repeated', each)
      .option('--session <id>', 'session to go on with (default: a new one)', token)
      .option('--ttl <seconds>', 'how long it may take', wholeNumber(1, MAX_TTL_SECONDS), 600)
      .option('--action <name>', 'capability that is wanted, where you know it')
      .option('--tenant <name>', 'tenant for whom it is', token, 'default')
      .option('--budget <limits>', 'what the session may use up, such as calls=20,cost_usd=1', budgetOf)
      .option('--user <name>', 'person for whom it is')
      .option('--role <role>', 'role of that person, for policy')
      .action((goal: string, options: RunOptions) =>
        act(async () => exitCodeOf(await runGoal(contextOf(options), goal, options))),
      ),
    './voorman run "Why are requests failing?" --attach /var/log/nginx/error.log',
    './voorman run "Review this change" --attach fix.diff --json',
    './voorman run "Clean up the orders table" --user ada --role dba --budget calls=20,cost_usd=1',
  );

const LIMITS = ['calls', 'cost_usd', 'tokens', 'seconds', 'parallel', 'refusals'] as const;

/** Reads `calls=20,cost_usd=1`. */
export function budgetOf(text: string): SessionBudget {
  const pairs = text.split(',').map((pair) => pair.trim().split('='));
  for (const [name = '', value = ''] of pairs) {
    if (!(LIMITS as readonly string[]).includes(name) || value === '' || !(Number(value) >= 0)) {
      throw new InvalidArgumentError(`Give any of ${LIMITS.join(', ')} with a number, such as calls=20,cost_usd=1.`);
    }
  }
  const parsed = SessionBudget.safeParse(Object.fromEntries(pairs.map(([name, value]) => [name, Number(value)])));
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`${parsed.error.issues[0]?.path.join('.')} does not fit.`);
}

/** Longer text belongs into an attachment. Characters. */
const MAX_GOAL = 8_000;

/** Publishes a goal with its attachments and prints what comes of it. The first Ctrl-C cancels it, the second leaves. */
export async function runGoal({ data, terminal }: Context, goal: string, options: RunOptions): Promise<Ending> {
  if (goal.trim() === '') throw new UsageError('The goal is empty.', 'Say in plain words what is wanted.');
  if (goal.length > MAX_GOAL) {
    throw new UsageError(
      `The goal has ${goal.length} characters; at most ${MAX_GOAL} are taken.`,
      'Attach long text with --attach.',
    );
  }
  const files = await chooseFiles(options.attach ?? []);
  const client = await openClient(data);
  const session = options.session ?? freshName('session');
  const onInterrupt = (): void => {
    process.once('SIGINT', () => process.exit(EXIT.interrupted));
    terminal.note(`Cancelling ${session}… (Ctrl-C again leaves without waiting)`);
    cancelSession(client, options.tenant, session, 'Ctrl-C').catch((fault: unknown) => terminal.note(`${fault}`));
  };
  try {
    await requireRoom(
      data,
      files.reduce((sum, file) => sum + file.bytes, 0),
    );
    const attachments = await upload(client.bus.payloads, files);
    for (const { name, bytes, media_type } of attachments)
      terminal.line(`attached ${name}  ${bytes} bytes  ${media_type}`);
    const sent = await publish(client, options.tenant, {
      task_id: freshName('goal'),
      source_agent: OPERATOR,
      target_agent: FOREMAN,
      payload: {
        goal,
        ...(options.action === undefined ? {} : { action: options.action }),
        ...(options.budget === undefined ? {} : { budget: options.budget }),
        ...(options.user === undefined ? {} : { user: options.user }),
        ...(options.role === undefined ? {} : { user_role: options.role }),
        ...(attachments.length === 0 ? {} : { attachments }),
      },
      correlation_id: session,
      ttl_seconds: options.ttl,
    });
    terminal.line(`session ${session}`);
    if (options.cancels ?? true) process.once('SIGINT', onInterrupt);
    const ending = await sent.ending((record: Recorded) => {
      const text = progress(record);
      if (text !== undefined) terminal.line(`${clockTime(record.recordedAtMs)}  ${text}`);
    });
    printEnding(terminal, session, ending);
    return ending;
  } finally {
    process.off('SIGINT', onInterrupt);
    await client.close();
  }
}
