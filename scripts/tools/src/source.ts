import { closeSync, openSync, writeSync } from 'node:fs';
import type { Cache } from './cache.ts';
import { work } from './command.ts';

/** What came of asking one source for a tool. */
export type Attempt =
  | { readonly outcome: 'fetched'; readonly home: string }
  /** This machine has no means for it: nothing was tried. */
  | { readonly outcome: 'impossible' }
  /** It was tried and did not work; the log says why. */
  | { readonly outcome: 'failed'; readonly means: string };

const LONGEST_FETCH_MS = 15 * 60_000;

/** One tool's way into the cache: where it goes, who is told, where the noise of pip and go ends up. */
export class Fetching {
  readonly cache: Cache;
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
  readonly logFile: string;

  constructor(name: string, cache: Cache, env: NodeJS.ProcessEnv, report: (line: string) => void, signal: AbortSignal) {
    this.cache = cache;
    this.env = env;
    this.report = report;
    this.signal = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_FETCH_MS)]);
    this.logFile = cache.logFile(name);
    closeSync(openSync(this.logFile, 'w'));
  }

  /** Runs a package manager in the cache's folder; its exit code, undefined when it could not be started. */
  async run(what: string, program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) {
    const log = openSync(this.logFile, 'a');
    writeSync(log, `$ ${[program, ...args].join(' ')}\n`);
    closeSync(log);
    return await work({
      program,
      args,
      env: { ...this.env, ...more },
      cwd: this.cache.folder,
      logFile: this.logFile,
      signal: this.signal,
      stillWorking: (seconds) => this.report(`Still ${what} (${seconds} s)…`),
    });
  }
}
