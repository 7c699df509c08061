import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT } from '../errors.js';
import { askSupervisor } from '../stack/control.js';
import { superviseDetached } from '../stack/detached.js';
import { runSupervisor } from '../stack/foreground.js';
import { troublesOf } from '../stack/stack-report.js';
import { requireStack } from '../stack/state-file.js';
import { type Act, type CommonOptions, type Context, command, contextOf, each, examples } from './context.js';
import { pointsIn } from './policy/in-force.js';

interface UpOptions extends CommonOptions {
  readonly detach?: boolean;
  readonly relaxed?: boolean;
  readonly tls?: boolean;
  readonly registry?: readonly string[];
}

/** `voorman up`: the whole stack, until Ctrl-C or `down`. */
export const up = (act: Act): Command =>
  examples(
    command('up', 'start the stack: NATS and every service, supervised')
      .option(
        '--detach',
        'return when the stack is ready; it goes on in the background. Exit code 5: it runs, and its policy was refused',
      )
      .option('--relaxed', 'write through every two minutes instead of at every record: quicker, lost with the machine')
      .option('--tls', 'serve NATS with mTLS: whoever connects shows a certificate (also VOORMAN_NATS_TLS=1)')
      .option('--registry <dir>', 'folder with more agents and tools; may be repeated', each)
      .action((options: UpOptions) => act(() => start(contextOf(options), options))),
    './voorman up --detach',
    './voorman up --data /tmp/second --registry ./my-bots',
  );

async function start({ data, terminal }: Context, options: UpOptions): Promise<number> {
  const registry = (options.registry ?? []).map((folder) => resolve(folder));
  const tls = options.tls === undefined ? {} : { tls: options.tls };
  const wanted = { data, registry, relaxed: options.relaxed ?? false, ...tls };
  if (options.detach) {
    await superviseDetached(wanted, terminal.line);
    const stack = await requireStack(data);
    const report = await askSupervisor(stack.control, { ask: 'status' });
    const troubles = troublesOf(report);
    const isInForce = troubles.length === 0 && pointsIn(report).every((point) => point.revision !== null);
    if (!isInForce) terminal.note('The stack runs, and what it should decide by is not in force: see voorman status.');
    terminal.line(`It goes on in the background. Stop it with: ./voorman down${data.flag}`);
    terminal.document({ data: data.path, supervisor: stack.supervisor, nats: stack.nats, troubles });
    return isInForce ? EXIT.ok : EXIT.badInput;
  }
  return await runSupervisor(wanted, terminal.line, async () => {
    const stack = await requireStack(data);
    terminal.line('Press Ctrl-C to stop it.');
    terminal.document({ data: data.path, supervisor: stack.supervisor, nats: stack.nats });
    return undefined;
  });
}
