import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { access } from './commands/access.js';
import { approvals, approve, reject } from './commands/calls/approvals.js';
import { budget } from './commands/calls/budget.js';
import { calls } from './commands/calls/calls.js';
import { cancel } from './commands/cancel.js';
import { type Act } from './commands/context.js';
import { decisionLog } from './commands/decision-log.js';
import { down } from './commands/down.js';
import { log } from './commands/log.js';
import { policy } from './commands/policy/index.js';
import { run } from './commands/run.js';
import { scale } from './commands/scale.js';
import { start } from './commands/start.js';
import { status } from './commands/status.js';
import { supervise } from './commands/supervise.js';
import { tail } from './commands/tail.js';
import { task } from './commands/task.js';
import { tools } from './commands/tools/index.js';
import { up } from './commands/up.js';
import { bench, simulate } from './commands/workbench.js';
import { helpOn, usageFault } from './output/usage.js';
import { ROOT } from './stack/data-folder.js';

/** The whole command line. Faults of its use are thrown as UsageError, never printed. */
export function program(act: Act): Command {
  const voorman = new Command('voorman')
    .description('Runs teams of AI agents as services on one durable log.')
    .version(version(), '--version', 'print the version')
    .enablePositionalOptions()
    .helpCommand(false);
  for (const make of [
    up,
    down,
    status,
    run,
    task,
    cancel,
    tail,
    log,
    decisionLog,
    calls,
    budget,
    approvals,
    approve,
    reject,
    policy,
    tools,
    access,
    scale,
    start,
    bench,
    simulate,
  ]) {
    voorman.addCommand(make(act));
  }
  voorman.addCommand(helpOn(voorman));
  voorman.addCommand(supervise(act), { hidden: true });
  voorman.addHelpText('after', '\nBegin with: ./voorman up --detach');
  for (const each of everyCommand(voorman)) {
    each
      .exitOverride((fault) => {
        throw usageFault(fault, each);
      })
      .configureOutput({ outputError: () => undefined })
      .allowExcessArguments(false);
  }
  return voorman;
}

function everyCommand(root: Command): Command[] {
  return [root, ...root.commands.flatMap(everyCommand)];
}

function version(): string {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
