import { createWriteStream, renameSync, statSync, type WriteStream } from 'node:fs';
import { systemCode } from '../errors.js';

const MAX_BYTES = 10 * 2 ** 20;

/** A log of bounded size: when it is full it becomes `<file>.1`, and a new one begins. */
export class LogFile {
  #bytes: number;
  #stream: WriteStream;
  #lastLine = '';

  constructor(
    readonly path: string,
    private readonly maxBytes = MAX_BYTES,
  ) {
    this.#bytes = sizeOf(path);
    this.#stream = this.#open();
  }

  /** The last whole line that was written, for whoever asks why a process ended. */
  get lastLine(): string {
    return this.#lastLine;
  }

  write(chunk: Buffer | string): void {
    if (this.#bytes > this.maxBytes) this.#turn();
    this.#bytes += Buffer.byteLength(chunk);
    this.#stream.write(chunk);
    this.#lastLine = `${chunk}`.trimEnd().split('\n').at(-1) ?? this.#lastLine;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(resolve));
  }

  #turn(): void {
    this.#stream.end();
    renameSync(this.path, `${this.path}.1`);
    this.#bytes = 0;
    this.#stream = this.#open();
  }

  #open(): WriteStream {
    const stream = createWriteStream(this.path, { flags: 'a', mode: 0o600 });
    // A full disk silences the log; the service itself goes on, and says on the bus what it cannot do.
    stream.on('error', (fault) => process.stderr.write(`${this.path}: ${fault.message}\n`));
    return stream;
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (fault) {
    if (systemCode(fault) === 'ENOENT') return 0;
    throw fault;
  }
}
