import type { Executed } from '../executor.js';
import { failed, MAX_OUTPUT_BYTES, readAnswer, TOO_LARGE, toldFault, unknown } from '../tool-answer.js';
import { badAnswer, endedSilently, notStarted, stopped, timedOut } from '../tool-faults.js';
import { hearing, type Overheard, type ProgramEnding, type ProgramStart } from './program-start.js';

/**
 * Runs a program for one call: the arguments on its standard input, its answer on its standard output.
 * @param stopping aborted when the gateway itself stops: the program is ended, and the promise never settles. Nothing is
 *   known of the call then that the gateway which takes it over would not find out.
 */
export function runProcess(
  name: string,
  how: ProgramStart,
  args: unknown,
  signal: AbortSignal,
  overheard: Overheard,
  stopping: AbortSignal,
): Promise<Executed> {
  if (stopping.aborted) return new Promise(() => undefined);
  const began = performance.now();
  const took = () => performance.now() - began;
  return new Promise((resolve) => {
    const started = how.start();
    const { child } = started;
    let ending: Executed | undefined;
    const end = (result: Executed) => {
      ending ??= result;
      started.kill();
      // A descendant that left the group may still hold the other end: nobody waits for it.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const timeout = setTimeout(() => end(unknown(timedOut(name, how.timeoutMs), took())), how.timeoutMs);
    const abort = () => end(unknown(stopped(name), took()));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    const leave = () => started.kill();
    stopping.addEventListener('abort', leave, { once: true });

    const output: Buffer[] = [];
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_OUTPUT_BYTES) end(failed(badAnswer(name, TOO_LARGE), took(), false));
      else output.push(chunk);
    });
    child.stderr.on('data', hearing(name, overheard));
    // A program that does not read its input is no fault of ours; its exit tells.
    child.stdin.on('error', (fault) => overheard(name, `standard input: ${fault.message}`));
    child.stdin.end(JSON.stringify(args));
    child.on('error', (fault) => {
      overheard(name, fault.message);
      ending ??= failed(notStarted(name), took(), false);
      finish();
    });
    child.on('close', (code) => {
      const text = Buffer.concat(output).toString('utf8');
      ending ??= endedFor(started.ending(code), took()) ?? exited(name, text, code, took());
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

/** One that was ended from outside may have acted, and would be again; one that never began did nothing. */
function endedFor(ending: ProgramEnding | undefined, durationMs: number): Executed | undefined {
  if (ending === undefined) return undefined;
  return { kind: ending.begun ? 'unknown' : 'fault', fault: ending.fault, durationMs, retryable: false };
}

/**
 * A program that failed either said why in its answer, or the operator finds it in the service's log; then nobody knows
 * how far it had come.
 */
function exited(tool: string, text: string, code: number | null, durationMs: number): Executed {
  const answer = readAnswer(tool, text, durationMs);
  if (code === 0) return answer;
  const fault = answer.kind === 'output' ? toldFault(answer.output) : undefined;
  if (fault) return { kind: 'fault', fault, durationMs, retryable: false };
  // A sandbox tells a signal as a shell does.
  const isSignal = code === null || code > 128;
  return unknown(endedSilently(tool, isSignal ? 'with a signal' : `with code ${code}`), durationMs);
}
