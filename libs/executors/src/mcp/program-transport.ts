import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { StartedProgram } from '../process/program-start.js';
import { MAX_OUTPUT_BYTES } from '../tool-answer.js';

/**
 * The protocol over a program's standard input and output. Not the client's own transport, which starts programs itself:
 * ours run where the sandbox puts them, see of the environment what their manifest names, and end with all that they started.
 */
export class ProgramTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #buffer = new ReadBuffer({ maxBufferSize: MAX_OUTPUT_BYTES });

  constructor(private readonly program: StartedProgram) {}

  /** Rejects where there is no such program. */
  async start(): Promise<void> {
    const { child } = this.program;
    child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    for (const stream of [child.stdin, child.stdout, child.stderr]) {
      stream.on('error', (fault: Error) => this.onerror?.(fault));
    }
    child.once('close', () => this.onclose?.());
    if (child.pid !== undefined) return;
    await new Promise<never>((_resolve, reject) => child.once('error', reject));
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const { stdin } = this.program.child;
    if (!stdin.write(serializeMessage(message))) await new Promise<void>((resolve) => stdin.once('drain', resolve));
  }

  async close(): Promise<void> {
    this.program.kill();
  }

  #receive(chunk: Buffer): void {
    try {
      this.#buffer.append(chunk);
      for (let message = this.#buffer.readMessage(); message !== null; message = this.#buffer.readMessage()) {
        this.onmessage?.(message);
      }
    } catch (fault) {
      // More than an answer may hold, or no message at all: there is no telling where the next one begins.
      this.onerror?.(fault instanceof Error ? fault : new Error(String(fault)));
      this.program.kill();
    }
  }
}
