import type { Command } from 'commander';
import { EXIT } from '../errors.js';
import { askSupervisor } from '../stack/control.js';
import { MAX_REPLICAS } from '../stack/fleet.js';
import { requireStack } from '../stack/state-file.js';
import { type Act, type CommonOptions, type Context, command, contextOf, examples, wholeNumber } from './context.js';

/** Services that leave have 12 s to hand back their work, those that come a minute to be ready. */
const SCALE_WITHIN_MS = 90_000;

/** `voorman scale`: how many processes share a bot's tasks. */
export const scale = (act: Act): Command =>
  examples(
    command('scale', 'let N processes share the tasks of a bot, until the stack goes down')
      .argument('<bot>', 'name of the bot')
      .argument('<n>', `how many, 1 to ${MAX_REPLICAS}`, wholeNumber(1, MAX_REPLICAS))
      .action((bot: string, replicas: number, options: CommonOptions) =>
        act(() => change(contextOf(options), bot, replicas)),
      ),
    './voorman scale sre-diagnosis-bot 3',
  );

async function change({ data, terminal }: Context, bot: string, replicas: number): Promise<number> {
  const stack = await requireStack(data);
  await askSupervisor(stack.control, { ask: 'scale', bot, replicas }, SCALE_WITHIN_MS);
  terminal.document({ bot, replicas });
  terminal.line(`${bot} runs in ${replicas} process${replicas === 1 ? '' : 'es'}.`);
  return EXIT.ok;
}
