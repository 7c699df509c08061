import { OPERATOR } from '@voorman/envelope';
import { Command } from 'commander';
import { withClient } from '../client/connection.js';
import { readEnvelope } from '../client/envelope-file.js';
import { exitCodeOf, publish as send } from '../client/goal.js';
import { EXIT } from '../errors.js';
import { printEnding } from '../output/ending.js';
import { clockTime, progress } from '../output/progress.js';
import { requireRoom } from '../stack/data-folder.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples, token } from './context.js';

interface PublishOptions extends CommonOptions {
  readonly tenant: string;
  readonly wait: boolean;
}

/** `voorman task publish`: an envelope as it is, to whomever it names. */
export const task = (act: Act): Command =>
  new Command('task').description('work with single tasks').addCommand(
    examples(
      command('publish', 'publish a task envelope of six fields and wait for the answer')
        .argument('<file>', 'JSON file, or - for standard input')
        .option('--tenant <name>', 'tenant for whom it is', token, 'default')
        .option('--no-wait', 'return as soon as it is stored')
        .action((file: string, options: PublishOptions) => act(() => publish(contextOf(options), file, options))),
      './voorman task publish task.json',
      `echo '{"task_id":"t-1","source_agent":"cli","target_agent":"orchestrator","payload":{"goal":"…"},`,
      `       "correlation_id":"s-1","ttl_seconds":60}' | ./voorman task publish -`,
    ),
  );

async function publish({ data, terminal }: Context, file: string, options: PublishOptions): Promise<number> {
  const { envelope, replacedSource } = await readEnvelope(file);
  const { task_id, correlation_id: session } = envelope;
  if (replacedSource !== undefined) {
    terminal.note(`Published as ${OPERATOR}, not as ${replacedSource}: nobody can speak as another.`);
  }
  return await withClient(data, async (client) => {
    await requireRoom(data, 0);
    const sent = await send(client, options.tenant, envelope);
    if (!options.wait) {
      terminal.document({ session, task_id, inbox_position: sent.inboxPosition });
      terminal.line(`Stored. Follow it with: ./voorman tail --session ${session} --from-start`);
      return EXIT.ok;
    }
    terminal.line(`session ${session}`);
    const ending = await sent.ending((record) => {
      const text = progress(record);
      if (text !== undefined) terminal.line(`${clockTime(record.recordedAtMs)}  ${text}`);
    });
    printEnding(terminal, session, ending);
    return exitCodeOf(ending);
  });
}
