import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Fault } from '@voorman/envelope';
import type { LoadedToolOf } from '@voorman/registry';

export type ProcessManifest = LoadedToolOf<'process'>;

/** Hears what a program says on its standard error: for the operator only. */
export type Overheard = (tool: string, text: string) => void;

/** How much of what a program says in a minute reaches the log. Bytes. */
const HEARD_BYTES = 65_536;
const WINDOW_MS = 60_000;

/** Listens to a program's standard error, as much of it as a log can take: what it writes there must not fill the disk. */
export function hearing(tool: string, overheard: Overheard): (chunk: Buffer) => void {
  let since = Number.NEGATIVE_INFINITY;
  let heard = 0;
  return (chunk) => {
    const now = performance.now();
    if (now - since > WINDOW_MS) {
      since = now;
      heard = 0;
    }
    const left = HEARD_BYTES - heard;
    heard += chunk.length;
    if (left > 0) overheard(tool, chunk.toString('utf8', 0, Math.min(chunk.length, left, 4_096)));
    if (left > 0 && heard >= HEARD_BYTES) overheard(tool, 'says too much; the rest of this minute is left out.');
  };
}

/** A program that was started, in a sandbox or without one. */
export interface StartedProgram {
  readonly child: ChildProcessWithoutNullStreams;
  /** Ends it with everything that it started. Harmless when it is gone. */
  kill(): void;
  /** Once it has ended: why, where it did not end by itself. Undefined: as any program ends. */
  ending(code: number | null): ProgramEnding | undefined;
}

/** `begun: false`: the program itself never ran, so nothing can have happened. */
export interface ProgramEnding {
  readonly fault: Fault;
  readonly begun: boolean;
}

/** A way to start programs for calls. */
export interface ProgramStart {
  /** How long a call may take. Milliseconds. */
  readonly timeoutMs: number;
  /** @throws what the system says when there is no such folder. */
  start(): StartedProgram;
}

/** What a program may see of our environment: what it names in its manifest, and where programs lie. */
export const programEnv = (manifest: ProcessManifest, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(['PATH', ...manifest.env].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));

/** Starts a program as a child of the gateway, with all that the gateway's user may do. */
export function bareStart(manifest: ProcessManifest): ProgramStart {
  const [program = '', ...args] = manifest.command;
  return {
    timeoutMs: manifest.timeout_ms,
    start: () => {
      // `node` is the Node that runs us, whatever the machine's own is.
      const child = spawn(program === 'node' ? process.execPath : program, args, {
        cwd: manifest.folder,
        env: programEnv(manifest, process.env),
        stdio: ['pipe', 'pipe', 'pipe'],
        // A group of its own, so that a timeout ends the program's children too.
        detached: true,
      });
      return { child, kill: () => killGroup(child.pid), ending: () => undefined };
    },
  };
}

/** Ends a process group; harmless when it is gone. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (fault) {
    // It ended by itself in this moment.
    if (!(fault instanceof Error && 'code' in fault && fault.code === 'ESRCH')) throw fault;
  }
}
