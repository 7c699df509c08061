import { EXIT } from '../errors.js';
import { harmless } from './harmless-text.js';

/** Where a command speaks: lines for people, or JSON documents for programs. */
export class Terminal {
  constructor(
    readonly json: boolean,
    private readonly out: NodeJS.WritableStream = process.stdout,
    private readonly err: NodeJS.WritableStream = process.stderr,
  ) {}

  /** A line for people, of which the terminal obeys nothing; silent with `--json`. */
  readonly line = (text = ''): void => {
    if (!this.json) this.out.write(`${harmless(text)}\n`);
  };

  /** Said beside the result, on standard error; silent with `--json`. */
  readonly note = (text: string): void => {
    if (!this.json) this.err.write(`${harmless(text)}\n`);
  };

  /** One JSON document; silent without `--json`. */
  readonly document = (value: unknown): void => {
    if (this.json) this.out.write(`${JSON.stringify(value)}\n`);
  };
}

/** A reader such as `head` that has seen enough ends the command quietly. */
export function endWithReader(): void {
  process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
    process.exit(fault.code === 'EPIPE' ? EXIT.ok : EXIT.fault);
  });
}
