import type { Command } from 'commander';
import { withClient } from '../client/connection.js';
import { story } from '../client/story.js';
import { EXIT } from '../errors.js';
import { recordDocument, recordLine } from '../output/record-line.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples, token } from './context.js';

interface LogOptions extends CommonOptions {
  readonly session: string;
  readonly tenant: string;
}

/** `voorman log`: everything that a session recorded. */
export const log = (act: Act): Command =>
  examples(
    command('log', 'print everything that a session recorded; --json prints one envelope per line')
      .requiredOption('--session <id>', 'the session', token)
      .option('--tenant <name>', 'tenant of the session', token, 'default')
      .action((options: LogOptions) => act(() => print(contextOf(options), options))),
    './voorman log --session session-20260301-101500-3fa9c1',
  );

async function print({ data, terminal }: Context, { tenant, session }: LogOptions): Promise<number> {
  return await withClient(data, async (client) => {
    for await (const record of story(client, tenant, session)) {
      terminal.document(recordDocument(record));
      terminal.line(recordLine(record));
    }
    return EXIT.ok;
  });
}
