import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { JsonObject } from '@voorman/envelope';
import type { Executed } from '../ports.js';
import { type Overheard, type ProcessManifest, programEnv, programOf } from './process-tool.js';
import { failed, toldFault, unknown } from './tool-answer.js';

interface Waiting {
  readonly began: number;
  readonly settle: (result: Executed) => void;
}

/** A program that stays: one JSON document per line each way, `{"id","arguments"}` and `{"id","output"|"error"}`. */
export class ResidentTool {
  #child: ChildProcessWithoutNullStreams | undefined;
  #next = 1;
  readonly #waiting = new Map<number, Waiting>();

  constructor(
    private readonly manifest: ProcessManifest,
    private readonly overheard: Overheard,
  ) {}

  execute(args: unknown, signal: AbortSignal): Promise<Executed> {
    const child = this.#running();
    const id = this.#next++;
    const began = performance.now();
    return new Promise((resolve) => {
      const { name, timeout_ms } = this.manifest;
      const timeout = setTimeout(
        () =>
          settle(unknown(`${name} did not finish within ${timeout_ms} ms.`, performance.now() - began, 'tool/timeout')),
        timeout_ms,
      );
      const abort = () =>
        settle(
          unknown(`${name} was stopped: the session was cancelled.`, performance.now() - began, 'session/cancelled'),
        );
      const settle = (result: Executed) => {
        if (!this.#waiting.delete(id)) return;
        clearTimeout(timeout);
        signal.removeEventListener('abort', abort);
        resolve(result);
      };
      this.#waiting.set(id, { began, settle });
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) return abort();
      child.stdin.write(`${JSON.stringify({ id, arguments: args })}\n`);
    });
  }

  /** Ends the program; it is started again by the next call. */
  stop(): void {
    this.#child?.stdin.end();
  }

  #running(): ChildProcessWithoutNullStreams {
    if (this.#child) return this.#child;
    const { program, args } = programOf(this.manifest.command);
    const child = spawn(program, args, { cwd: this.manifest.folder, env: programEnv(this.manifest, process.env) });
    this.#child = child;
    child.stderr.on('data', (chunk: Buffer) =>
      this.overheard(this.manifest.name, chunk.toString('utf8').slice(0, 4_096)),
    );
    child.stdin.on('error', (fault) => this.overheard(this.manifest.name, `standard input: ${fault.message}`));
    child.on('error', (fault) => {
      this.overheard(this.manifest.name, fault.message);
      this.#lost(child, (began) =>
        failed(`${this.manifest.name} could not be started.`, performance.now() - began, false),
      );
    });
    child.on('close', () =>
      this.#lost(child, (began) =>
        unknown(`${this.manifest.name} ended before it answered.`, performance.now() - began, 'tool/ended'),
      ),
    );
    createInterface({ input: child.stdout }).on('line', (line) => this.#answered(line));
    return child;
  }

  #answered(line: string): void {
    const answer = parsedLine(line);
    if (answer === undefined) this.overheard(this.manifest.name, `not a JSON answer: ${line.slice(0, 200)}`);
    const waiting = answer === undefined ? undefined : this.#waiting.get(answer.id);
    if (!answer || !waiting) return;
    const durationMs = performance.now() - waiting.began;
    const fault = toldFault(answer);
    if (fault) waiting.settle({ kind: 'fault', fault, durationMs, retryable: false });
    else if (answer.output) waiting.settle({ kind: 'output', output: answer.output, durationMs, retryable: false });
    else waiting.settle(failed(`${this.manifest.name} answered without output.`, durationMs, false));
  }

  #lost(child: ChildProcessWithoutNullStreams, result: (began: number) => Executed): void {
    if (this.#child === child) this.#child = undefined;
    for (const waiting of [...this.#waiting.values()]) waiting.settle(result(waiting.began));
  }
}

function parsedLine(line: string): { id: number; output?: JsonObject; error?: unknown } | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return parsed !== null && typeof parsed === 'object' && 'id' in parsed && typeof parsed.id === 'number'
      ? (parsed as { id: number; output?: JsonObject })
      : undefined;
  } catch {
    // Told to the operator by the caller: a line that is no JSON answers nobody.
    return undefined;
  }
}
