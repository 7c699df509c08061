import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A real service that tools call: it remembers every request it received, and answers after a moment. */
export interface Witness {
  readonly url: string;
  /** How often each idempotency key arrived, by path. */
  readonly received: ReadonlyMap<string, ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

export async function startWitness(answerAfterMs: number): Promise<Witness> {
  const received = new Map<string, Map<string, number>>();
  const server = createServer((request, response) => {
    const key = String(request.headers['idempotency-key']);
    const path = request.url ?? '';
    const keys = received.get(path) ?? new Map<string, number>();
    received.set(path, keys.set(key, (keys.get(key) ?? 0) + 1));
    request.resume().on('end', async () => {
      await wait(answerAfterMs * Math.random());
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"done":true}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
