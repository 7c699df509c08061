import type { JsonObject } from '@voorman/envelope';
import type { LoadedToolOf } from '@voorman/registry';
import type { Caller, Executed, Execution, ExecutorOf, Meaning } from '../executor.js';
import { failed, MAX_OUTPUT_BYTES, readAnswer, TOO_LARGE, toldFault, unknown } from '../tool-answer.js';
import { badAnswer, notBegun, stopped, timedOut } from '../tool-faults.js';
import { threw, unknownHandler } from './function-faults.js';

/** What a handler is told besides its arguments. */
export interface FunctionCall {
  /** The same for every attempt of a call, and no other call's: what a service takes as idempotency key. */
  readonly key: string;
  readonly attempt: number;
  readonly caller: Caller;
  /** Aborted at the timeout and when the session is cancelled: whatever the handler waits for should end then. */
  readonly signal: AbortSignal;
}

/**
 * A tool as a function in the gateway's own process. It answers with an object that JSON can hold; with
 * `{error: {code, message}}` where it did nothing and can say why. What it throws counts as "it may have happened".
 */
export type FunctionHandler = (args: JsonObject, call: FunctionCall) => unknown;

type FunctionTool = LoadedToolOf<'function'>;

/** Calls functions that a deployer registered. They run unconfined, with all that the gateway's process may do. */
export class FunctionExecutor implements ExecutorOf<FunctionTool> {
  readonly #stopping = new AbortController();

  /** @param report hears what only the operator may see. */
  constructor(
    private readonly handlers: ReadonlyMap<string, FunctionHandler>,
    private readonly report: (tool: string, fault: unknown) => void,
  ) {}

  async meaning(): Promise<Meaning> {
    return {};
  }

  async execute(tool: FunctionTool, execution: Execution): Promise<Executed> {
    const handler = this.handlers.get(tool.handler);
    if (handler === undefined) return failed(unknownHandler(tool.name), 0, false);
    if (execution.signal.aborted) return failed(notBegun(tool.name), 0, false);
    const began = performance.now();
    const took = () => performance.now() - began;
    const timeout = AbortSignal.timeout(tool.timeout_ms);
    const signal = AbortSignal.any([execution.signal, timeout, this.#stopping.signal]);
    const { key, attempt, caller } = execution;
    // A copy: the record of the call is not the handler's to change.
    const args = structuredClone(execution.arguments) as JsonObject;
    const answer = Promise.resolve()
      .then(() => handler(args, { key, attempt, caller, signal }))
      .then(
        (value) => this.#told(tool, value, took()),
        (fault: unknown) => {
          this.report(tool.name, fault);
          return unknown(threw(tool.name), took());
        },
      );
    const aborted = new Promise<Executed>((resolve) => {
      const end = () =>
        resolve(unknown(timeout.aborted ? timedOut(tool.name, tool.timeout_ms) : stopped(tool.name), took()));
      signal.addEventListener('abort', end, { once: true });
    });
    return Promise.race([answer, aborted]);
  }

  /** Tells running handlers to end. */
  async stop(): Promise<void> {
    this.#stopping.abort();
  }

  #told(tool: FunctionTool, value: unknown, durationMs: number): Executed {
    let text: string | undefined;
    try {
      text = JSON.stringify(value);
    } catch (fault) {
      this.report(tool.name, fault);
      return failed(badAnswer(tool.name, 'answered with what JSON cannot hold'), durationMs, false);
    }
    if (text !== undefined && Buffer.byteLength(text) > MAX_OUTPUT_BYTES) {
      return failed(badAnswer(tool.name, TOO_LARGE), durationMs, false);
    }
    const answer = readAnswer(tool.name, text ?? '', durationMs);
    const fault = answer.kind === 'output' ? toldFault(answer.output) : undefined;
    return fault ? failed(fault, durationMs, false) : answer;
  }
}
