import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import type { JsonObject } from '@voorman/envelope';
import type { Executed } from '../executor.js';
import { failed, MAX_OUTPUT_BYTES, toldFault, unknown } from '../tool-answer.js';
import { badAnswer, endedSilently, notStarted, stopped, timedOut } from '../tool-faults.js';
import { hearing, type Overheard, type ProgramStart, type StartedProgram } from './program-start.js';

interface Waiting {
  readonly program: Program;
  readonly began: number;
  readonly settle: (result: Executed) => void;
}

/** One life of the program. */
interface Program {
  readonly started: StartedProgram;
  /** When it last answered anything. */
  heardAt: number;
  /** Writes to it, together with whatever else this turn of the event loop wants to say: it wakes once for all of them. */
  tell(line: string): void;
}

/** A program that stays: one JSON document per line each way, `{"id","arguments"}` and `{"id","output"|"error"}`. */
export class ResidentTool {
  #program: Program | undefined;
  #next = 1;
  readonly #waiting = new Map<number, Waiting>();

  constructor(
    private readonly name: string,
    private readonly how: ProgramStart,
    private readonly overheard: Overheard,
  ) {}

  execute(args: unknown, signal: AbortSignal): Promise<Executed> {
    this.#program ??= this.#start();
    const program = this.#program;
    const id = this.#next++;
    const began = performance.now();
    const took = () => performance.now() - began;
    return new Promise((resolve) => {
      const { name } = this;
      const { timeoutMs } = this.how;
      const timeout = setTimeout(() => {
        settle(unknown(timedOut(name, timeoutMs), took()));
        // Silent all that time for everybody: it hangs, and would for every later call.
        if (program.heardAt < began) this.#end(program);
      }, timeoutMs);
      const abort = () => settle(unknown(stopped(name), took()));
      const settle = (result: Executed) => {
        if (!this.#waiting.delete(id)) return;
        clearTimeout(timeout);
        signal.removeEventListener('abort', abort);
        resolve(result);
      };
      this.#waiting.set(id, { program, began, settle });
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) return abort();
      program.tell(`${JSON.stringify({ id, arguments: args })}\n`);
    });
  }

  /** Ends the program; it is started again by the next call. */
  stop(): void {
    const program = this.#program;
    this.#program = undefined;
    program?.started.child.stdin.end();
    program?.started.child.kill('SIGTERM');
  }

  #start(): Program {
    const { name } = this;
    const started = this.how.start();
    const { child } = started;
    const program: Program = { started, heardAt: 0, tell: inOneWrite(child.stdin) };
    child.stderr.on('data', hearing(name, this.overheard));
    child.stdin.on('error', (fault) => this.overheard(name, `standard input: ${fault.message}`));
    child.on('error', (fault) => {
      this.overheard(name, fault.message);
      this.#lost(program, (began) => failed(notStarted(name), performance.now() - began, false));
    });
    child.on('close', (code) => {
      const ending = started.ending(code);
      this.#lost(program, (began) => {
        const took = performance.now() - began;
        if (ending && !ending.begun) return failed(ending.fault, took, false);
        return unknown(ending?.fault ?? endedSilently(name, 'before it answered'), took);
      });
    });
    this.#listen(program);
    return program;
  }

  #listen(program: Program): void {
    const { stdout } = program.started.child;
    let lineBytes = 0;
    stdout.on('data', (chunk: Buffer) => {
      const end = chunk.lastIndexOf(10);
      lineBytes = end < 0 ? lineBytes + chunk.length : chunk.length - end - 1;
      if (lineBytes <= MAX_OUTPUT_BYTES) return;
      this.overheard(this.name, 'a line of more than 10 MiB');
      this.#end(program);
    });
    createInterface({ input: stdout }).on('line', (line) => this.#answered(program, line));
  }

  #answered(program: Program, line: string): void {
    program.heardAt = performance.now();
    const answer = parsedLine(line);
    if (answer === undefined) this.overheard(this.name, `not a JSON answer: ${line.slice(0, 200)}`);
    const waiting = answer === undefined ? undefined : this.#waiting.get(answer.id);
    if (!answer || !waiting) return;
    const durationMs = performance.now() - waiting.began;
    const fault = toldFault(answer);
    if (fault) waiting.settle({ kind: 'fault', fault, durationMs, retryable: false });
    else if (answer.output) waiting.settle({ kind: 'output', output: answer.output, durationMs, retryable: false });
    else waiting.settle(failed(badAnswer(this.name, 'answered without output'), durationMs, false));
  }

  /** The next call starts it anew; what this one still owes is settled when it is gone. */
  #end(program: Program): void {
    if (this.#program === program) this.#program = undefined;
    program.started.kill();
  }

  #lost(program: Program, result: (began: number) => Executed): void {
    if (this.#program === program) this.#program = undefined;
    for (const waiting of [...this.#waiting.values()]) {
      if (waiting.program === program) waiting.settle(result(waiting.began));
    }
  }
}

function inOneWrite(to: Writable): (line: string) => void {
  let lines = '';
  return (line) => {
    if (lines === '') {
      setImmediate(() => {
        if (to.writable) to.write(lines);
        lines = '';
      });
    }
    lines += line;
  };
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
