import { CommanderError } from 'commander';
import { EXIT } from './errors.js';
import { spelled, told } from './output/fault.js';
import { endWithReader } from './output/terminal.js';
import { program } from './program.js';

const json = process.argv.includes('--json');

/** Runs one command line; resolves with the exit code. */
async function main(): Promise<number> {
  let code: number = EXIT.ok;
  try {
    await program(async (work) => {
      code = await work();
    }).parseAsync(process.argv);
    return code;
  } catch (fault) {
    if (fault instanceof CommanderError && fault.exitCode === 0) return EXIT.ok;
    const seen = told(fault);
    process.stderr.write(`${spelled(seen, json)}\n`);
    if (process.env.VOORMAN_DEBUG && fault instanceof Error) process.stderr.write(`${fault.stack}\n`);
    return seen.exitCode;
  }
}

endWithReader();
// Nothing may keep a finished command alive: an idle connection, a child that was handed over.
process.exit(await main());
