import { FOREMAN, MAX_TTL_SECONDS, OPERATOR, type Recorded } from '@voorman/envelope';
import type { Command } from 'commander';
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
      .action((goal: string, options: RunOptions) =>
        act(async () => exitCodeOf(await runGoal(contextOf(options), goal, options))),
      ),
    './voorman run "Why are requests failing?" --attach /var/log/nginx/error.log',
    './voorman run "Review this change" --attach fix.diff --json',
  );

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
