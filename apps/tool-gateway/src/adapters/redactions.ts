import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { JsonObject, Redacted } from '@voorman/envelope';
import { Digester, redact } from '@voorman/redaction';
import type { Redact, Redaction } from '../ports.js';

const PROGRAM = join(import.meta.dirname, `redaction-thread${extname(import.meta.filename)}`);

/** What is looked through on the spot. It takes a tenth of a second at worst. Characters of texts and names. */
const SMALL = 64 * 1_024;
/** How long one output is looked through. The largest that is made to be slow takes some ten seconds. Milliseconds. */
const LIMIT_MS = 60_000;

export interface RedactionOrder {
  /** The output as JSON. */
  readonly text: string;
  readonly fields: readonly string[];
  readonly keep: readonly string[];
}

export interface RedactionAnswer {
  readonly text: string;
  readonly redacted: Redacted[];
}

/**
 * Takes out of outputs what must not be recorded. Large ones are looked through by a thread of their own, one after another:
 * a service may answer with what takes many seconds, and meanwhile the gateway has others to serve.
 */
export class Redactions {
  readonly #digester: Digester;
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  /** @param key of the digests. @param report hears why a thread broke. @param limitMs after which an output is given up. */
  constructor(
    private readonly key: Uint8Array,
    private readonly report: (fault: unknown) => void,
    private readonly limitMs = LIMIT_MS,
  ) {
    this.#digester = new Digester(key);
  }

  /**
   * Never rejects; `undefined` where an output could not be looked through.
   * @throws {RangeError} at once, for a field that is no JSON pointer; of a large output the thread tells it the operator.
   */
  readonly redact: Redact = (output, fields, keep) => {
    if (isSmall(output)) {
      const { value, redacted } = redact(output, { fields, keep, digester: this.#digester });
      return Promise.resolve({ output: value, redacted });
    }
    const order = { text: JSON.stringify(output), fields, keep };
    const turn = this.#last.then(() => this.#ask(order));
    this.#last = turn;
    return turn;
  };

  /** Whatever is under way is left: nothing is said of it any more, and whoever takes the call over looks again. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#worker?.terminate();
  }

  #ask(order: RedactionOrder): Promise<Redaction | undefined> {
    if (this.#isStopped) return new Promise(() => undefined);
    this.#worker ??= this.#open();
    const worker = this.#worker;
    return new Promise((resolve) => {
      const settle = (redaction: Redaction | undefined) => {
        clearTimeout(timeout);
        worker.off('message', answered).off('exit', gone);
        if (!this.#isStopped) resolve(redaction);
      };
      const answered = ({ text, redacted }: RedactionAnswer) =>
        settle({ output: JSON.parse(text) as JsonObject, redacted });
      const gone = () => settle(undefined);
      // The next one gets a new thread.
      const timeout = setTimeout(() => void worker.terminate(), this.limitMs);
      worker.once('message', answered).once('exit', gone);
      worker.postMessage(order);
    });
  }

  #open(): Worker {
    const worker = new Worker(PROGRAM, { workerData: { key: this.key }, env: {}, execArgv: [] });
    // It ends with it, which whoever waits is told; without a listener it would be the process's.
    worker.on('error', this.report);
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    worker.unref();
    return worker;
  }
}

/** Looks no further than it has to. What was checked nests no deeper than a stack. */
function isSmall(output: JsonObject): boolean {
  let left = SMALL;
  const spend = (value: unknown): boolean => {
    if (typeof value === 'string') left -= value.length;
    else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        left -= name.length;
        if (!spend(inner)) return false;
      }
    }
    left -= 1;
    return left >= 0;
  };
  return spend(output);
}
