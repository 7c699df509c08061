import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const MAX_BYTES = 10 * 2 ** 20;

/**
 * A log of bounded size: when it is full it becomes `<file>.1`, and a new one begins. A disk that takes no more silences
 * the log, never the stack; that is said once on standard error.
 */
export class LogFile {
  #file: number;
  #bytes: number;
  #lastLine = '';
  #isSilenced = false;

  constructor(
    readonly path: string,
    private readonly maxBytes = MAX_BYTES,
  ) {
    this.#file = openSync(path, 'a', 0o600);
    this.#bytes = fstatSync(this.#file).size;
  }

  /** The last whole line that was written, for whoever asks why a process ended. */
  get lastLine(): string {
    return this.#lastLine;
  }

  write(chunk: Buffer | string): void {
    this.#lastLine = `${chunk}`.trimEnd().split('\n').at(-1) ?? this.#lastLine;
    try {
      if (this.#bytes > this.maxBytes) this.#turn();
      this.#bytes += writeSync(this.#file, Buffer.from(chunk));
      this.#isSilenced = false;
    } catch (fault) {
      if (!this.#isSilenced) process.stderr.write(`${this.path} takes no more: ${fault}\n`);
      this.#isSilenced = true;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #turn(): void {
    renameSync(this.path, `${this.path}.1`);
    closeSync(this.#file);
    this.#file = openSync(this.path, 'a', 0o600);
    this.#bytes = 0;
  }
}
