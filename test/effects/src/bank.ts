import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A real service where money is paid: it writes down every order that it receives before it answers. */
export interface Bank {
  readonly url: string;
  /** How often each idempotency key arrived. */
  readonly received: ReadonlyMap<string, number>;
  /** The keys that somebody asked about, oldest first. */
  readonly lookedUp: readonly string[];
  stop(): Promise<void>;
}

/** @param answerWithinMs answers come after any moment up to this. */
export async function openBank(answerWithinMs: number): Promise<Bank> {
  const received = new Map<string, number>();
  const lookedUp: string[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      const asked = new URL(request.url ?? '', 'http://bank').searchParams.get('key') ?? '';
      lookedUp.push(asked);
      setTimeout(() => {
        const answer = JSON.stringify({ happened: received.has(asked) });
        response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
      }, answerWithinMs * Math.random());
      return;
    }
    const key = String(request.headers['idempotency-key']);
    request.resume().on('end', async () => {
      received.set(key, (received.get(key) ?? 0) + 1);
      await pause(answerWithinMs * Math.random());
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"paid":true}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/pay`,
    received,
    lookedUp,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
