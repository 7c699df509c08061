import type { Command } from 'commander';
import { EXIT } from '../errors.js';
import { askSupervisor } from '../stack/control.js';
import { requireStack } from '../stack/state-file.js';
import { type Act, type CommonOptions, type Context, command, contextOf, each, examples, token } from './context.js';

interface AccessOptions extends CommonOptions {
  readonly tenant: string;
  readonly role?: readonly string[];
}

/** `voorman access`: connection settings for somebody outside who publishes goals. */
export const access = (act: Act): Command =>
  examples(
    command('access', 'let an outside publisher in, and print its connection settings')
      .argument('<name>', 'name of the publisher: the source of its envelopes')
      .option('--tenant <name>', 'tenant that it belongs to', token, 'default')
      .option('--role <role>', 'role that it may say its people have; may be repeated', each)
      .action((name: string, options: AccessOptions) => act(() => letIn(contextOf(options), name, options))),
    './voorman access crm --json > crm.json',
    './voorman access shop --tenant acme',
    './voorman access crm --role dba',
  );

async function letIn({ data, terminal }: Context, name: string, options: AccessOptions): Promise<number> {
  const { tenant, role = [] } = options;
  const stack = await requireStack(data);
  const settings = await askSupervisor(stack.control, { ask: 'access', name, tenant, roles: [...role] });
  terminal.document(settings);
  for (const [key, value] of Object.entries(settings)) terminal.line(`${`${key}:`.padEnd(14)}${value}`);
  return EXIT.ok;
}
