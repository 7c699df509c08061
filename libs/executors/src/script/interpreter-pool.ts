import { availableParallelism } from 'node:os';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ScriptAnswer, ScriptOrder } from './script-order.js';

const PROGRAM = join(import.meta.dirname, `interpreter-thread${extname(import.meta.filename)}`);

/** What a thread may keep for the next script. Bytes. */
const MAX_KEPT_BYTES = 64 * 2 ** 20;
/** How long after its deadline a script is left to the interpreter's own interruption. Milliseconds. */
const GRACE_MS = 1_000;
/** How long an idle thread is kept. Milliseconds. */
const IDLE_MS = 60_000;

/** What came of running a script, beside its own answer. */
export type Outcome = ScriptAnswer | { readonly ended: 'time' | 'aborted' | 'failed'; readonly fault?: unknown };

interface Thread {
  readonly worker: Worker;
  idle?: NodeJS.Timeout;
}

/** Interpreters in threads of their own: a script that computes for seconds holds up no other call. */
export class InterpreterPool {
  readonly #idle: Thread[] = [];
  readonly #waiting: ((isTurn: boolean) => void)[] = [];
  readonly #all = new Set<Thread>();
  #running = 0;

  constructor(private readonly maxThreads = Math.max(2, availableParallelism())) {}

  /** Never rejects. A script that waits for a thread has its whole time from when it begins. */
  async run(order: ScriptOrder, signal: AbortSignal): Promise<Outcome> {
    if (signal.aborted || !(await this.#turn(signal))) return { ended: 'aborted' };
    const thread = this.#idle.pop() ?? this.#open();
    clearTimeout(thread.idle);
    const { outcome, isReusable } = await ask(thread.worker, order, signal);
    if (isReusable) this.#keep(thread);
    else await this.#end(thread);
    this.#running -= 1;
    this.#waiting.shift()?.(true);
    return outcome;
  }

  /** Nothing runs any more; who waits is told that it does not. */
  async stop(): Promise<void> {
    this.#idle.length = 0;
    for (const wake of this.#waiting.splice(0)) wake(false);
    await Promise.all([...this.#all].map((thread) => this.#end(thread)));
  }

  /** Resolves when a thread may be taken, which is then counted; false where the caller gave up first. */
  #turn(signal: AbortSignal): Promise<boolean> {
    if (this.#running < this.maxThreads) {
      this.#running += 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const wake = (isTurn: boolean) => {
        signal.removeEventListener('abort', leave);
        if (isTurn) this.#running += 1;
        resolve(isTurn);
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(wake), 1);
        resolve(false);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(wake);
    });
  }

  #open(): Thread {
    // No environment and no streams of ours; a stack that is deeper than what the interpreter may use of it.
    const worker = new Worker(PROGRAM, { env: {}, stdout: true, stderr: true, resourceLimits: { stackSizeMb: 64 } });
    // Without a listener, an error after an answer would be the process's.
    worker.on('error', () => undefined);
    worker.unref();
    const thread = { worker };
    this.#all.add(thread);
    return thread;
  }

  #keep(thread: Thread): void {
    if (!this.#all.has(thread)) return;
    this.#idle.push(thread);
    thread.idle = setTimeout(() => {
      const at = this.#idle.indexOf(thread);
      if (at >= 0) this.#idle.splice(at, 1);
      void this.#end(thread);
    }, IDLE_MS).unref();
  }

  async #end(thread: Thread): Promise<void> {
    clearTimeout(thread.idle);
    this.#all.delete(thread);
    await thread.worker.terminate();
  }
}

function ask(
  worker: Worker,
  order: ScriptOrder,
  signal: AbortSignal,
): Promise<{ outcome: Outcome; isReusable: boolean }> {
  return new Promise((resolve) => {
    const settle = (outcome: Outcome, isReusable: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      worker.off('message', answered).off('error', failed).off('exit', ended);
      worker.unref();
      resolve({ outcome, isReusable });
    };
    const timer = setTimeout(() => settle({ ended: 'time' }, false), order.timeoutMs + GRACE_MS);
    const abort = () => settle({ ended: 'aborted' }, false);
    signal.addEventListener('abort', abort, { once: true });
    worker.ref();
    const answered = ({ answer, usedBytes }: { answer: ScriptAnswer; usedBytes: number }) => {
      settle(answer, (!('error' in answer) || answer.error.isFinal) && usedBytes <= MAX_KEPT_BYTES);
    };
    const failed = (fault: unknown) => settle({ ended: 'failed', fault }, false);
    const ended = () => settle({ ended: 'failed' }, false);
    worker.on('message', answered).on('error', failed).on('exit', ended);
    worker.postMessage(order);
  });
}
