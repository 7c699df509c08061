import { execFile } from 'node:child_process';
import { CompilerFaultError, PolicyRejectedError } from './errors.js';
import { readComplaint } from './opa-report.js';

/** How a run of the `opa` program ended. */
export interface Ended {
  /** `undefined` where the program did not end by itself. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunLimits {
  /** After this it is given up. Milliseconds. */
  readonly timeoutMs: number;
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** The folder of the rules inside a snapshot. */
export const RULES = 'policy';

/**
 * Runs `opa` in a folder. A rule under test can read the compiler's environment: there is nothing of ours in it.
 * @throws {CompilerFaultError} the program cannot be started.
 */
export function runOpa(opa: string, folder: string, args: readonly string[], limits: RunLimits): Promise<Ended> {
  const env = { PATH: process.env.PATH };
  const options = {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: limits.timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_OUTPUT_BYTES,
  } as const;
  return new Promise((resolve, reject) => {
    execFile(opa, args, options, (fault, stdout, stderr) => {
      if (fault === null) return resolve({ code: 0, stdout, stderr });
      if (typeof fault.code === 'string') {
        return reject(new CompilerFaultError(`opa ${args[0]} cannot be run (${fault.code})`, { cause: fault }));
      }
      resolve({ code: fault.killed === true ? undefined : (fault.code ?? undefined), stdout, stderr });
    });
  });
}

/** The compiler said what is wrong with the rules; where it said nothing, the fault is its own. */
export function rejectionOf(step: string, ended: Ended): PolicyRejectedError | CompilerFaultError {
  const complaint = complaintOf(ended);
  if (ended.code === undefined || complaint === '') return faultOf(step, ended);
  return new PolicyRejectedError([withoutFolder(`${complaint}.`)]);
}

export const faultOf = (step: string, ended: Ended): CompilerFaultError =>
  new CompilerFaultError(
    ended.code === undefined
      ? `opa ${step} was stopped before it ended`
      : `opa ${step} ended with ${ended.code}: ${complaintOf(ended) || 'it gave no reason'}`,
  );

/** `opa test` complains on standard error, `opa build` on standard output. */
const complaintOf = (ended: Ended): string => readComplaint(ended.stderr) || readComplaint(ended.stdout);

/** The reader knows the policy folder, not the snapshot. */
export const withoutFolder = (text: string): string => text.replaceAll(new RegExp(`(^|[\\s/])${RULES}/`, 'g'), '$1');
