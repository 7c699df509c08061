import { spawn } from 'node:child_process';
import type { LoadedToolOf } from '@voorman/registry';
import type { Executed } from '../executor.js';
import { failed, MAX_OUTPUT_BYTES, readAnswer, TOO_LARGE, toldFault, unknown } from '../tool-answer.js';
import { badAnswer, endedSilently, notStarted, stopped, timedOut } from '../tool-faults.js';

export type ProcessManifest = LoadedToolOf<'process'>;

/** Hears what a program says on its standard error: for the operator only. */
export type Overheard = (tool: string, text: string) => void;

/** What a program may see of our environment: what it names in its manifest, and where programs lie. */
export const programEnv = (manifest: ProcessManifest, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(['PATH', ...manifest.env].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));

/** The program; `node` is the Node that runs us, whatever the machine's own is. */
export const programOf = ([program = '', ...args]: readonly string[]): { program: string; args: string[] } => ({
  program: program === 'node' ? process.execPath : program,
  args,
});

/**
 * Runs a program for one call: the arguments on its standard input, its answer on its standard output.
 * @param stopping aborted when the gateway itself stops: the program is ended, and the promise never settles. Nothing is
 *   known of the call then that the gateway which takes it over would not find out.
 */
export function runProcess(
  manifest: ProcessManifest,
  args: unknown,
  signal: AbortSignal,
  overheard: Overheard,
  stopping: AbortSignal,
): Promise<Executed> {
  if (stopping.aborted) return new Promise(() => undefined);
  const began = performance.now();
  const took = () => performance.now() - began;
  return new Promise((resolve) => {
    const { program, args: words } = programOf(manifest.command);
    const child = spawn(program, words, {
      cwd: manifest.folder,
      env: programEnv(manifest, process.env),
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that a timeout ends the program's children too.
      detached: true,
    });
    let ending: Executed | undefined;
    const end = (result: Executed) => {
      ending ??= result;
      if (child.pid !== undefined) killGroup(child.pid);
      // A descendant that left the group may still hold the other end: nobody waits for it.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const timeout = setTimeout(
      () => end(unknown(timedOut(manifest.name, manifest.timeout_ms), took())),
      manifest.timeout_ms,
    );
    const abort = () => end(unknown(stopped(manifest.name), took()));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    const leave = () => {
      if (child.pid !== undefined) killGroup(child.pid);
    };
    stopping.addEventListener('abort', leave, { once: true });

    const output: Buffer[] = [];
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_OUTPUT_BYTES) end(failed(badAnswer(manifest.name, TOO_LARGE), took(), false));
      else output.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => overheard(manifest.name, chunk.toString('utf8').slice(0, 4_096)));
    // A program that does not read its input is no fault of ours; its exit tells.
    child.stdin.on('error', (fault) => overheard(manifest.name, `standard input: ${fault.message}`));
    child.stdin.end(JSON.stringify(args));
    child.on('error', (fault) => {
      overheard(manifest.name, fault.message);
      ending ??= failed(notStarted(manifest.name), took(), false);
      finish();
    });
    child.on('close', (code) => {
      const text = Buffer.concat(output).toString('utf8');
      ending ??= code === 0 ? readAnswer(manifest.name, text, took()) : exited(manifest.name, text, code, took());
      finish();
    });
    const finish = () => {
      clearTimeout(timeout);
      signal.removeEventListener('abort', abort);
      stopping.removeEventListener('abort', leave);
      if (ending && !stopping.aborted) resolve(ending);
    };
  });
}

/**
 * A program that failed either said why in its answer, or the operator finds it in the service's log; then nobody knows
 * how far it had come.
 */
function exited(tool: string, text: string, code: number | null, durationMs: number): Executed {
  const answer = readAnswer(tool, text, durationMs);
  const fault = answer.kind === 'output' ? toldFault(answer.output) : undefined;
  if (fault) return { kind: 'fault', fault, durationMs, retryable: false };
  return unknown(endedSilently(tool, code === null ? 'with a signal' : `with code ${code}`), durationMs);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (fault) {
    // It ended by itself in this moment.
    if (!(fault instanceof Error && 'code' in fault && fault.code === 'ESRCH')) throw fault;
  }
}
