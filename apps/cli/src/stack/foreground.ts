import { EXIT } from '../errors.js';
import { Supervisor, type SupervisorOptions } from './supervisor.js';

/** Told by a signal to stop before the stack was up. */
export class Interrupted extends Error {}

/**
 * Runs a stack in this process until SIGINT or SIGTERM, or until `whenUp` says that it was enough.
 * Services hand back their work before they end; a second signal ends everything at once.
 * @param whenUp called when the stack is up; a number it resolves with ends the stack and is the result.
 * @returns the exit code.
 */
export async function runSupervisor(
  options: Omit<SupervisorOptions, 'say'>,
  say: (line: string) => void,
  whenUp: (stopping: AbortSignal) => Promise<number | undefined>,
): Promise<number> {
  const stopping = new AbortController();
  let supervisor: Supervisor | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping.signal.aborted) {
      supervisor?.kill();
      return;
    }
    say(`${signal}: stopping; services hand back their work first.`);
    stopping.abort(new Interrupted());
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
  try {
    supervisor = await Supervisor.start({ ...options, say }, stopping.signal);
  } catch (fault) {
    if (fault instanceof Interrupted) return EXIT.interrupted;
    throw fault;
  }
  const stopped = new Promise<void>((resolve) => {
    if (stopping.signal.aborted) resolve();
    else stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    const code = await Promise.race([stopped.then(() => EXIT.ok), enough(whenUp(stopping.signal))]);
    return code;
  } finally {
    await supervisor.stop();
    say('The stack is down.');
  }
}

/** Stays open where the work does not ask for the end. */
const enough = async (work: Promise<number | undefined>): Promise<number> => {
  const code = await work;
  return code ?? (await new Promise<never>(() => undefined));
};
