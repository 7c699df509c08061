import type { SecretStore } from '../secrets/secret-store.js';
import { type ApiWorld, bodyOf } from './api-world.js';

/** The secret of `WITH_SECRET`, whatever is asked for. */
export const secrets: SecretStore = { read: async () => 's3cret' };

/** Fields of a manifest that may call the loopback. */
export const LOOPBACK = { private_addresses: ['127.0.0.1'] };

/** The same with a secret in two headers, beside one that is none. */
export const WITH_SECRET = {
  ...LOOPBACK,
  secrets: { token: { env: 'TOKEN' } },
  request: { headers: { Authorization: 'Bearer {{ secrets.token }}', 'X-Key': '{{ secrets.token }}', 'X-Plain': 'p' } },
};

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** A server that answers `/from` with a redirect and everything else with an output; `seen` is all that it was asked. */
export async function redirecting(world: ApiWorld, status: number, location: (port: number) => string) {
  const seen: Seen[] = [];
  const port: number = await world.serve(async (request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, headers, body: await bodyOf(request) });
    if (!url.startsWith('/from')) response.end('{"done":true}');
    else response.writeHead(status, { location: location(port) }).end();
  });
  return { seen, from: `http://127.0.0.1:${port}/from`, to: `http://127.0.0.1:${port}/to` };
}
