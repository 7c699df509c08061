import { randomInt } from 'node:crypto';
import type { FuzzReport } from '@voorman/fuzz';
import type { Command } from 'commander';
import { EXIT, NameError } from '../../errors.js';
import type { Terminal } from '../../output/terminal.js';
import { chosenTools, toolFolders } from '../../registry/tool-folders.js';
import {
  type Act,
  type CommonOptions,
  type Context,
  command,
  contextOf,
  each,
  examples,
  wholeNumber,
} from '../context.js';

interface FuzzOptions extends CommonOptions {
  readonly registry?: readonly string[];
  readonly count: number;
  readonly seed?: number;
  readonly parallel: number;
  readonly allowEffects?: true;
}

/** `voorman tools fuzz`: a tool tried with inputs that nobody thought of. */
export const fuzz = (act: Act): Command =>
  examples(
    command('fuzz', 'try a tool with generated, boundary and bent inputs; exit code 1 where it breaks')
      .argument('<tool>', 'name of the tool')
      .option('--registry <dir>', 'registry folder; may be repeated (default: that of the stack)', each)
      .option('--count <n>', 'inputs to try', wholeNumber(1, 10_000_000), 1_000)
      .option(
        '--seed <n>',
        'equal seeds, equal inputs (default: a new one, which the report names)',
        wholeNumber(0, 2 ** 31 - 1),
      )
      .option('--parallel <n>', 'inputs under way at once', wholeNumber(1, 1_000), 16)
      .option('--allow-effects', 'try a tool that changes the world, too')
      .action((name: string, options: FuzzOptions) => act(() => run(contextOf(options), name, options))),
    './voorman tools fuzz count_words --registry examples/counting-bot',
    './voorman tools fuzz search_web --count 10000 --seed 7 --json',
  );

async function run({ data, terminal }: Context, name: string, options: FuzzOptions): Promise<number> {
  const { folders, registry } = await toolFolders(data, options.registry);
  const [tool] = chosenTools(registry, [name]);
  if (tool === undefined) throw new NameError(`There is no tool ${name}.`, 'See voorman tools list.');
  // Everything that reaches the world is loaded for this command alone: the others begin faster without it.
  const { fuzzTool } = await import('../../registry/fuzzing.js');
  const { count, parallel, seed = randomInt(2 ** 31) } = options;
  const step = Math.max(1, Math.floor(count / 10));
  const report = await fuzzTool(tool, {
    ...{ data, folders, count, seed, parallel },
    allowEffects: options.allowEffects === true,
    progress: (tried) => {
      if (tried % step === 0) terminal.note(`${tried} of ${count}`);
    },
    say: (who, said) => terminal.note(`${who}: ${said.slice(0, 300)}`),
  });
  const isTried = report.accepted > 0;
  terminal.document({ ok: isTried && report.failures.length === 0, ...report });
  tell(terminal, report, name);
  return isTried && report.failures.length === 0 ? EXIT.ok : EXIT.fault;
}

function tell(terminal: Terminal, report: FuzzReport, name: string): void {
  const { tried, accepted, refused, perSecond, seed, failures, refusals } = report;
  for (const { kind, code, message, times, sort, smallest, repeats } of failures) {
    const given = JSON.stringify(smallest);
    terminal.line(
      `${kind} (${code}), ${times} times${repeats ? '' : ', and not again for the same input'}: ${message}`,
    );
    terminal.line(
      `  smallest ${sort} input: ${given.length > 1_000 ? `${given.slice(0, 1_000)}… (${given.length} characters)` : given}`,
    );
  }
  terminal.line(`${tried} inputs, ${perSecond} per second: ${accepted} accepted, ${refused} refused in words.`);
  if (accepted === 0) {
    const [most] = refusals;
    terminal.line(
      `No input was accepted, so little was tried.${most === undefined ? '' : ` Most often: ${most.message}`}`,
    );
  }
  terminal.line(
    failures.length === 0
      ? `Nothing broke. The same inputs again: --seed ${seed}`
      : `${failures.length} kinds of failure. Again: ./voorman tools fuzz ${name} --count ${tried} --seed ${seed}`,
  );
}
