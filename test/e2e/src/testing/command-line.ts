import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..', '..', '..', '..');
/** The compiled command line. */
export const MAIN = join(ROOT, 'apps', 'cli', 'dist', 'main.js');

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts a command of the compiled CLI. */
export const launch = (args: readonly string[], env: NodeJS.ProcessEnv = process.env): ChildProcess =>
  spawn(process.execPath, [MAIN, ...args], { env, cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] });

/** Runs a command to its end. */
export async function voorman(
  args: readonly string[],
  { input, env }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
  const child = launch(args, env);
  child.stdin?.end(input ?? '');
  return await finished(child);
}

/** Everything that a command says until it ends. */
export async function finished(child: ChildProcess): Promise<Finished> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk;
  });
  return await new Promise((settle) => child.once('close', (code) => settle({ code, out, err })));
}

/** Each line of an output as JSON. */
export const documents = (out: string): Record<string, unknown>[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
