import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export interface Finished {
  /** Undefined when the program could not be started or was ended by a signal. */
  readonly exitCode: number | undefined;
  readonly output: string;
}

const MAX_OUTPUT_BYTES = 64 * 1024;
const LONGEST_ANSWER_MS = 10_000;

/** Runs a program that answers at once (`--version`), and returns what it printed on either stream. */
export function ask(program: string, args: readonly string[], env = process.env): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env, timeout: LONGEST_ANSWER_MS });
    let output = '';
    const keep = (chunk: Buffer): void => {
      if (output.length < MAX_OUTPUT_BYTES) output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (fault) => resolve({ exitCode: undefined, output: fault.message }));
    child.once('close', (exitCode) => resolve({ exitCode: exitCode ?? undefined, output }));
  });
}

export interface Work {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Everything the program prints is added to this file. */
  readonly logFile: string;
  readonly signal: AbortSignal;
  /** Called again and again while the program works. */
  readonly stillWorking: (seconds: number) => void;
}

const HEARTBEAT_MS = 15_000;

/**
 * Runs a program that takes its time; resolves with its exit code, undefined when it could not be started.
 * @throws the signal's reason when it fires; the program has ended by then.
 */
export function work(task: Work): Promise<number | undefined> {
  const log = openSync(task.logFile, 'a');
  const startedMs = performance.now();
  return new Promise<number | undefined>((resolve, reject) => {
    const child = spawn(task.program, task.args, {
      stdio: ['ignore', log, log],
      env: task.env,
      cwd: task.cwd,
      signal: task.signal,
      killSignal: 'SIGINT', // what Ctrl-C sends: both pip and go clean up after it
    });
    const heartbeat = setInterval(() => {
      task.stillWorking(Math.round((performance.now() - startedMs) / 1000));
    }, HEARTBEAT_MS);
    let started = true;
    child.once('error', () => {
      started = child.pid !== undefined;
      if (!started) settle(undefined);
    });
    child.once('close', (exitCode) => {
      if (started) settle(exitCode ?? undefined);
    });
    const settle = (exitCode: number | undefined): void => {
      clearInterval(heartbeat);
      if (task.signal.aborted) reject(task.signal.reason);
      else resolve(exitCode);
    };
  }).finally(() => closeSync(log));
}
