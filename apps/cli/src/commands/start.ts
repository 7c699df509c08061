import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { exitCodeOf } from '../client/goal.js';
import { EXIT } from '../errors.js';
import { ROOT } from '../stack/data-folder.js';
import { runSupervisor } from '../stack/foreground.js';
import { findStack, requireStack } from '../stack/state-file.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples } from './context.js';
import { runGoal } from './run.js';

interface StartOptions extends CommonOptions {
  readonly once?: boolean;
}

const GOAL = 'Why are checkouts failing?';
const FOLDER = join('examples', 'checkout-incident');
const FILES = ['access.log', 'error.log', 'checkout.log', 'deploy.diff'];

/** `voorman start`, which `npm start` runs: the stack, and a first goal that a newcomer can watch. */
export const start = (act: Act): Command =>
  examples(
    command('start', 'start the stack, or use the one that runs, and work on the example incident')
      .option('--once', 'stop when the answer is there; exit 0 only if the goal completed')
      .action((options: StartOptions) => act(() => begin(contextOf(options), options))),
    'npm start',
    'npm start -- --once',
  );

async function begin(context: Context, { once = false }: StartOptions): Promise<number> {
  const { data, terminal } = context;
  const running = await findStack(data);
  if (running !== undefined) {
    await requireStack(data);
    terminal.line(`A stack already runs on ${data.path} (supervisor pid ${running.supervisor}): using it.`);
    const code = await example(context);
    lookNext(context, `The stack goes on. Stop it with: ./voorman down${data.flag}`);
    return code;
  }
  terminal.line(`Starting the stack in ${data.path}`);
  let isAnswered = false;
  const ended = await runSupervisor({ data, registry: [], relaxed: false }, terminal.line, async () => {
    const code = await example(context);
    isAnswered = true;
    if (once) return code;
    lookNext(context, 'The stack stays up. Press Ctrl-C to stop it.');
    return undefined;
  });
  return isAnswered ? ended : EXIT.interrupted;
}

async function example(context: Context): Promise<number> {
  const { terminal } = context;
  const attach = FILES.map((file) => join(ROOT, FOLDER, file)).filter((file) => existsSync(file));
  terminal.line();
  terminal.line(`Goal: "${GOAL}" (see ${FOLDER}/README.md)`);
  const ending = await runGoal(context, GOAL, { attach, ttl: 600, tenant: 'default', cancels: false });
  return exitCodeOf(ending);
}

function lookNext({ terminal }: Context, last: string): void {
  terminal.line();
  terminal.line('Where to look next, in another terminal:');
  terminal.line('  ./voorman run "Why are requests failing?" --attach any.log     your own goal');
  terminal.line('  ./voorman status                                               what runs');
  terminal.line('  ./voorman tail                                                 records as they come');
  terminal.line('  ./voorman log --session ID, ./voorman decision-log --session-id ID');
  terminal.line('  docs/architecture.md, docs/operations.md, examples/');
  terminal.line();
  terminal.line(last);
}
