import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { JsonObject } from '@voorman/envelope';
import type { LoadedToolOf } from '@voorman/registry';
import type { Executed, Execution, ExecutorOf, Meaning } from '../executor.js';
import { failed, MAX_OUTPUT_BYTES, readAnswer, TOO_LARGE } from '../tool-answer.js';
import { badAnswer, notBegun, stopped, timedOut } from '../tool-faults.js';
import { InterpreterPool, type Outcome } from './interpreter-pool.js';
import { interpreterFailed, noScript, noValue, scriptFailed, scriptTooLarge } from './script-faults.js';
import type { ScriptError } from './script-order.js';

type ScriptTool = LoadedToolOf<'script'>;

/** The longest script. Bytes. */
const MAX_SOURCE_BYTES = 65_536;

/** Computes JavaScript in an interpreter that knows nothing of the host. A script has no effects: every failure is a fault. */
export class ScriptExecutor implements ExecutorOf<ScriptTool> {
  readonly #pool: InterpreterPool;

  /** @param report hears what only the operator may see. @param maxThreads scripts that compute at once. */
  constructor(
    private readonly report: (tool: string, text: string) => void,
    maxThreads?: number,
  ) {
    this.#pool = new InterpreterPool(maxThreads);
  }

  async meaning(): Promise<Meaning> {
    return {};
  }

  async execute(tool: ScriptTool, execution: Execution): Promise<Executed> {
    const began = performance.now();
    const took = () => performance.now() - began;
    const { source, args } = await this.#scriptOf(tool, execution.arguments);
    if (source === undefined) return failed(noScript(tool.name), took(), false);
    if (execution.signal.aborted) return failed(notBegun(tool.name), took(), false);
    const outcome = await this.#pool.run(
      {
        source,
        args: JSON.stringify(args),
        seed: createHash('sha256').update(execution.key).digest().readInt32LE(0),
        memoryMb: tool.memory_mb,
        timeoutMs: tool.timeout_ms,
      },
      execution.signal,
    );
    return this.#told(tool, outcome, took());
  }

  async stop(): Promise<void> {
    await this.#pool.stop();
  }

  async #scriptOf(tool: ScriptTool, args: JsonObject): Promise<{ source: string | undefined; args: JsonObject }> {
    if (tool.code_argument !== undefined) {
      const { [tool.code_argument]: code, ...rest } = args;
      const fits = typeof code === 'string' && Buffer.byteLength(code) <= MAX_SOURCE_BYTES;
      return { source: fits ? code : undefined, args: rest };
    }
    return { source: tool.source_file === undefined ? tool.source : await this.#read(tool, tool.source_file), args };
  }

  /** A file of the tool's own folder, wherever links lead. */
  async #read(tool: ScriptTool, name: string): Promise<string | undefined> {
    try {
      const folder = await realpath(tool.folder);
      const file = await realpath(join(folder, name));
      if (!file.startsWith(folder + sep)) throw new Error(`${name} leads out of the tool's folder`);
      const bytes = await readFile(file);
      if (bytes.length > MAX_SOURCE_BYTES) throw new Error(`${name} has more than ${MAX_SOURCE_BYTES} bytes`);
      return bytes.toString('utf8');
    } catch (fault) {
      this.report(tool.name, `its script: ${fault instanceof Error ? fault.message : String(fault)}`);
      return undefined;
    }
  }

  #told(tool: ScriptTool, outcome: Outcome, durationMs: number): Executed {
    const { name } = tool;
    if ('ended' in outcome) {
      if (outcome.ended === 'time') return failed(timedOut(name, tool.timeout_ms), durationMs, false);
      if (outcome.ended === 'aborted') return failed(stopped(name), durationMs, false);
      this.report(name, `the interpreter ended: ${String(outcome.fault ?? 'without a word')}`);
      return failed(interpreterFailed(name), durationMs, true);
    }
    if ('error' in outcome) return failed(faultOf(tool, outcome.error), durationMs, false);
    if (outcome.json === undefined || !outcome.json.startsWith('{')) return failed(noValue(name), durationMs, false);
    if (Buffer.byteLength(outcome.json) > MAX_OUTPUT_BYTES)
      return failed(badAnswer(name, TOO_LARGE), durationMs, false);
    return readAnswer(name, outcome.json, durationMs);
  }
}

function faultOf(tool: ScriptTool, error: ScriptError) {
  if (error.why === 'time') return timedOut(tool.name, tool.timeout_ms);
  if (error.why === 'memory') return scriptTooLarge(tool.name, tool.memory_mb);
  return scriptFailed(tool.name, `${error.name}: ${error.message}`.replace(/\.$/, ''), error.line);
}
