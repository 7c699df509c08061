import { createContext, Script } from 'node:vm';

const bench: { work: () => unknown } = { work: () => undefined };
createContext(bench);
const script = new Script('work()');

/** Thrown where work was stopped half way: whatever it worked on is in no defined state. */
export class TimeLimitReached extends Error {
  constructor(readonly limitMs: number) {
    super(`it takes longer than ${limitMs} ms`);
  }
}

/**
 * Does synchronous work, and stops it, compiled WebAssembly included, when its time is up. Costs about 0.1 ms, since another
 * thread keeps the time.
 * @throws {TimeLimitReached} and what the work throws.
 */
export function withinTime<Result>(limitMs: number, work: () => Result): Result {
  bench.work = work;
  try {
    return script.runInContext(bench, { timeout: limitMs }) as Result;
  } catch (fault) {
    if (isTimeout(fault)) throw new TimeLimitReached(limitMs);
    throw fault;
  } finally {
    bench.work = () => undefined;
  }
}

const isTimeout = (fault: unknown): boolean =>
  typeof fault === 'object' && fault !== null && 'code' in fault && fault.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
