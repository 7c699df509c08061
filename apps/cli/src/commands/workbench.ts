import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { EXIT, NotBuiltError } from '../errors.js';
import { ROOT } from '../stack/data-folder.js';
import type { Act } from './context.js';

/** `voorman bench`: measures this machine; the program in test/bench says which options it takes. */
export const bench = (act: Act): Command => passedOn(act, 'bench', 'measure throughput and latency on this machine');

/** `voorman simulate`: all services on a log in memory, under a seeded scheduler that breaks things. */
export const simulate = (act: Act): Command =>
  passedOn(act, 'simulate', 'run sessions on the log in memory while a seed breaks things', 'simulation');

const passedOn = (act: Act, name: string, description: string, folder = name): Command =>
  new Command(name)
    .description(description)
    .argument('[options...]', 'passed on as they are')
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .action((args: readonly string[]) => act(() => launch(folder, args)));

async function launch(folder: string, args: readonly string[]): Promise<number> {
  const entries = ['dist/main.js', 'src/main.ts'].map((entry) => join(ROOT, 'test', folder, entry));
  const entry = entries.find((file) => existsSync(file));
  if (entry === undefined) throw new NotBuiltError(`test/${folder}`);
  const child = spawn(process.execPath, [entry, ...args], { stdio: 'inherit' });
  // A Ctrl-C reaches both; the program decides, and its end is ours.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal === 'SIGINT' ? EXIT.interrupted : (code ?? EXIT.fault)));
  });
}
