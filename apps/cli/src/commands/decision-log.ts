import type { Command } from 'commander';
import { withClient } from '../client/connection.js';
import { DecisionReader, decisionLine } from '../client/decisions.js';
import { story } from '../client/story.js';
import { EXIT } from '../errors.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples, token } from './context.js';

interface DecisionLogOptions extends CommonOptions {
  readonly sessionId: string;
  readonly tenant: string;
}

/** `voorman decision-log`: what policy decided in a session, and why. */
export const decisionLog = (act: Act): Command =>
  examples(
    command('decision-log', 'print what policy decided in a session; --json prints one decision per line')
      .requiredOption('--session-id <id>', 'the session', token)
      .option('--tenant <name>', 'tenant of the session', token, 'default')
      .action((options: DecisionLogOptions) => act(() => print(contextOf(options), options))),
    './voorman decision-log --session-id session-20260301-101500-3fa9c1',
  );

async function print({ data, terminal }: Context, { tenant, sessionId }: DecisionLogOptions): Promise<number> {
  return await withClient(data, async (client) => {
    const decisions = new DecisionReader();
    for await (const record of story(client, tenant, sessionId)) {
      for (const decision of decisions.read(record)) {
        terminal.document(decision);
        terminal.line(decisionLine(decision));
      }
    }
    return EXIT.ok;
  });
}
