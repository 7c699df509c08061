import { setTimeout as pause } from 'node:timers/promises';
import { sessionStory, wholeLog } from '@voorman/envelope';
import type { Command } from 'commander';
import { withClient } from '../client/connection.js';
import { EXIT } from '../errors.js';
import { recordDocument, recordLine } from '../output/record-line.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples, token } from './context.js';

interface TailOptions extends CommonOptions {
  readonly session?: string;
  readonly tenant: string;
  readonly fromStart?: boolean;
}

const POLL_MS = 100;

/** `voorman tail`: records as they are recorded, until Ctrl-C. */
export const tail = (act: Act): Command =>
  examples(
    command('tail', 'print records as they are recorded, until Ctrl-C; --json prints one envelope per line')
      .option('--session <id>', 'only this session', token)
      .option('--tenant <name>', 'tenant of that session', token, 'default')
      .option('--from-start', 'begin with what is recorded already')
      .action((options: TailOptions) => act(() => print(contextOf(options), options))),
    './voorman tail',
    './voorman tail --session my-session --from-start',
  );

async function print({ data, terminal }: Context, options: TailOptions): Promise<number> {
  const { session, tenant, fromStart } = options;
  const boundary = session === undefined ? wholeLog() : sessionStory(tenant, session);
  const leaving = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => leaving.abort());
  return await withClient(data, async ({ bus }) => {
    let position = fromStart ? 0 : await bus.log.last(boundary);
    while (!leaving.signal.aborted) {
      const page = await bus.log.read(boundary, position);
      for (const record of page.records) {
        position = record.position;
        terminal.document(recordDocument(record));
        terminal.line(recordLine(record, session === undefined));
      }
      if (!page.more) await pause(POLL_MS, undefined, { signal: leaving.signal }).catch(() => undefined);
    }
    return EXIT.ok;
  });
}
