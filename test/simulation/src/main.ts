import { parseArgs } from 'node:util';
import { SABOTAGES, type Sabotage } from './sabotage.js';
import { type SimulationReport, simulate } from './simulation.js';

const HELP = `Plays all services on the log in memory, in virtual time, with everything going wrong that a seed draws,
and checks the design's promises after each run.

  --seeds N   how many seeds to play (default 200)
  --seed S    the first seed (default 0); alone: only this one
  --break B   break something on purpose, to see that it is noticed:
              ${Object.keys(SABOTAGES).join(', ')}
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
  const { first, count, json, sabotage } = options;
  const report = await simulate({
    first,
    count,
    ...(sabotage === undefined ? {} : { sabotage }),
    ...(json ? {} : { progress: (done) => print(`${done} of ${count} seeds played`) }),
  });
  if (json) print(JSON.stringify(report));
  else for (const line of told(report)) print(line);
  return report.failures.length === 0 ? 0 : 1;
}

/** A report in words, with how to repeat what failed. */
function told({ seeds, records, crashes, virtual_hours: hours, seconds, failures }: SimulationReport): string[] {
  const [first] = failures;
  return [
    `${seeds} seeds: ${records} records, ${crashes} deaths, ${hours} virtual hours in ${seconds} s.`,
    ...(first === undefined
      ? ['Every promise was kept.']
      : [
          `${failures.length} of them broke a promise. Seed ${first.seed}:`,
          ...first.violations.map(
            ({ promise, sentence, position }) =>
              `  promise ${promise}: ${sentence}${position === undefined ? '' : ` (record ${position})`}`,
          ),
          `Play it again: --seed ${first.seed}`,
        ]),
  ];
}

interface Options {
  readonly first: number;
  readonly count: number;
  readonly json: boolean;
  readonly sabotage?: Sabotage;
}

/** The options, or a sentence that says what is wrong with them. */
function parsed(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seeds: { type: 'string' },
        seed: { type: 'string' },
        break: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    const first = wholeNumber(values.seed ?? '0');
    const count = wholeNumber(values.seeds ?? (values.seed === undefined ? '200' : '1'));
    if (first === undefined || count === undefined || count === 0)
      return 'Seeds are whole numbers from 0 to 4294967295.';
    const sabotage = values.break === undefined ? undefined : SABOTAGES[values.break];
    if (values.break !== undefined && !sabotage) return `--break takes one of: ${Object.keys(SABOTAGES).join(', ')}.`;
    return { first, count, json: values.json, ...(sabotage === undefined ? {} : { sabotage }) };
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault);
  }
}

const wholeNumber = (text: string): number | undefined => {
  const number = Number(text);
  return /^\d{1,10}$/.test(text) && number < 2 ** 32 ? number : undefined;
};

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), (line) => console.log(line));
