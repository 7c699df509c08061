import { parseArgs } from 'node:util';
import { simulate } from './simulation.js';

const HELP = `Plays all services on the log in memory, in virtual time, with everything going wrong that a seed draws,
and checks the design's promises after each run.

  --seeds N   how many seeds to play (default 200)
  --seed S    the first seed (default 0); alone: only this one
  --json      print one JSON document and nothing else
`;

/** @returns the exit code: 0 when every promise was kept, 1 when not, 2 for bad arguments. */
export async function main(args: readonly string[], print: (line: string) => void): Promise<number> {
  const options = parsed(args);
  if (options === 'help') {
    print(HELP);
    return 0;
  }
  if (typeof options === 'string') {
    print(`${options} See --help.`);
    return 2;
  }
  const { first, count, json } = options;
  const report = await simulate({
    first,
    count,
    ...(json ? {} : { progress: (done) => print(`${done} of ${count} seeds played`) }),
  });
  if (json) {
    print(JSON.stringify(report));
    return report.failures.length === 0 ? 0 : 1;
  }
  print(
    `${report.seeds} seeds, ${report.records} records, ${report.crashes} deaths, ${report.virtual_hours} virtual hours in ${report.seconds} s`,
  );
  const [failure] = report.failures;
  if (!failure) {
    print('Every promise was kept.');
    return 0;
  }
  print(`${report.failures.length} seeds broke a promise. The first is ${failure.seed}:`);
  for (const { promise, sentence, position } of failure.violations) {
    print(`  promise ${promise}: ${sentence}${position === undefined ? '' : ` (record ${position})`}`);
  }
  print(`Play it again with: --seed ${failure.seed}`);
  return 1;
}

interface Options {
  readonly first: number;
  readonly count: number;
  readonly json: boolean;
}

/** The options, or a sentence that says what is wrong with them. */
function parsed(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seeds: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    const first = wholeNumber(values.seed ?? '0');
    const count = wholeNumber(values.seeds ?? (values.seed === undefined ? '200' : '1'));
    if (first === undefined || count === undefined || count === 0)
      return 'Seeds are whole numbers from 0 to 4294967295.';
    return { first, count, json: values.json };
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault);
  }
}

const wholeNumber = (text: string): number | undefined => {
  const number = Number(text);
  return /^\d{1,10}$/.test(text) && number < 2 ** 32 ? number : undefined;
};

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), (line) => console.log(line));
