import { Agent, type IncomingMessage, request } from 'node:http';

export interface OpaReply {
  readonly status: number;
  readonly text: string;
}

/** The longest answer that is read. Bytes. */
const MAX_REPLY_BYTES = 1024 * 1024;

/** The API of an OPA behind a unix domain socket; connections are kept. */
export class OpaSocket {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64, scheduling: 'fifo' });

  constructor(private readonly socketPath: string) {}

  /**
   * Sends one request.
   * @throws {Error} the socket is gone, no whole answer came in time, or it is longer than anyone should read.
   */
  send(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body: string, timeoutMs: number): Promise<OpaReply> {
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          socketPath: this.socketPath,
          agent: this.#agent,
          method,
          path,
          headers: {
            'content-type': method === 'PUT' && path.startsWith('/v1/policies') ? 'text/plain' : 'application/json',
            'content-length': Buffer.byteLength(body),
          },
        },
        (reply) => collect(reply, resolve, reject),
      );
      // One limit for all of it: an answer that trickles in is none.
      const timer = setTimeout(() => asked.destroy(new Error(`no answer came within ${timeoutMs} ms`)), timeoutMs);
      asked.once('error', reject);
      asked.once('close', () => clearTimeout(timer));
      asked.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function collect(reply: IncomingMessage, resolve: (reply: OpaReply) => void, reject: (fault: Error) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  reply.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_REPLY_BYTES) reply.destroy(new Error(`the answer has more than ${MAX_REPLY_BYTES} bytes`));
    else chunks.push(chunk);
  });
  reply.once('end', () => resolve({ status: reply.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
  reply.once('error', reject);
  reply.once('aborted', () => reject(new Error('the answer ended too early')));
}
