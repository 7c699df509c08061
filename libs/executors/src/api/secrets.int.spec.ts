import { afterEach, describe, expect, it } from 'vitest';
import { SecretMissingError, type SecretStore, SecretUnavailableError } from '../secrets/secret-store.js';
import { ApiWorld, apiTool, bodyOf, callOf } from '../testing/api-world.js';

const world = new ApiWorld();
afterEach(() => world.end());
const SECRET = 'k3y-of-the-"search"-service';
const store: SecretStore = { read: async () => SECRET };
const TOOL = {
  private_addresses: ['127.0.0.1'],
  secrets: { token: { env: 'SEARCH_TOKEN' } },
  request: { headers: { Authorization: 'Bearer {{ secrets.token }}' } },
  schema: { input: { 'query?': 'string' }, output: { 'text?': 'string' } },
};
const at = (port: number, more: object = {}) => apiTool(`http://127.0.0.1:${port}/`, { ...TOOL, ...more });

describe('a secret of an api tool', () => {
  it('reaches the service in a header', async () => {
    let seen: string | undefined;
    const port = await world.serve((request, response) => {
      seen = request.headers.authorization;
      response.end('{}');
    });
    await callOf(world.executor({ secrets: store }), at(port));
    expect(seen).toBe(`Bearer ${SECRET}`);
  });

  it.each([
    ['as JSON', 'application/json', (text: string) => JSON.stringify({ you: { sent: [text] }, [text]: 1 })],
    ['as text', 'text/plain', (text: string) => `You sent ${text}.`],
    ['as JSON within text', 'text/plain', (text: string) => JSON.stringify({ sent: text })],
    [
      'as base64',
      'application/json',
      (text: string) => JSON.stringify({ s: Buffer.from(text.slice(7)).toString('base64') }),
    ],
  ])('does not come back from a service that repeats it %s', async (_how, type, repeated) => {
    const port = await world.serve((request, response) => {
      response.writeHead(200, { 'content-type': type }).end(repeated(request.headers.authorization ?? ''));
    });
    const result = await callOf(world.executor({ secrets: store }), at(port));
    expect(result.kind).toBe('output');
    expect(JSON.stringify(result)).toContain('[secret]');
    expect(JSON.stringify(result)).not.toMatch(/k3y|search|azN5/);
  });

  it('does not come back in a fault, and is not told to the operator', async () => {
    const told: unknown[] = [];
    const port = await world.serve((request) => void request.socket.destroy());
    const executor = world.executor({ secrets: store, report: (_tool, fault) => told.push(fault) });
    const result = await callOf(executor, at(port));
    expect(result.kind).toBe('unknown');
    expect(told).toHaveLength(1);
    const everything = JSON.stringify([result, told.map((one) => (one instanceof Error ? one.stack : one))]);
    expect(everything).not.toContain('k3y');
  });

  it('that breaks a header is neither sent nor shown', async () => {
    let isReached = false;
    const port = await world.serve((_request, response) => {
      isReached = true;
      response.end('{}');
    });
    const secrets: SecretStore = { read: async () => 'abc\r\nX-Admin: 1' };
    const result = await callOf(world.executor({ secrets }), at(port));
    expect(result).toMatchObject({ kind: 'fault', retryable: false });
    expect(JSON.stringify(result)).not.toContain('abc');
    expect(isReached).toBe(false);
  });

  it('that is not there stops the call before anything is sent, and its place is told to the operator alone', async () => {
    const told: unknown[] = [];
    const secrets: SecretStore = { read: () => Promise.reject(new SecretMissingError('/run/secrets/search is empty')) };
    const executor = world.executor({ secrets, report: (_tool, fault) => told.push(fault) });
    const result = await callOf(executor, at(1));
    expect(result).toMatchObject({ kind: 'fault', retryable: false, fault: { code: 'secret/missing' } });
    expect(JSON.stringify(result)).not.toContain('/run');
    expect(told).toMatchObject([{ detail: '/run/secrets/search is empty' }]);
  });

  it('that cannot be read for a moment may be there at the next attempt', async () => {
    const secrets: SecretStore = {
      read: () => Promise.reject(new SecretUnavailableError('Vault does not answer', true)),
    };
    expect(await callOf(world.executor({ secrets }), at(1))).toMatchObject({ kind: 'fault', retryable: true });
  });

  it('is not read for a tool that declares and does not quote it', async () => {
    let reads = 0;
    const port = await world.serve((_request, response) => void response.end('{}'));
    const counting: SecretStore = {
      async read() {
        reads += 1;
        return 'x';
      },
    };
    await callOf(world.executor({ secrets: counting }), at(port, { request: {} }));
    expect(reads).toBe(0);
  });

  it('cannot be asked for by an argument', async () => {
    let body = '';
    const port = await world.serve(async (request, response) => {
      body = await bodyOf(request);
      response.end('{}');
    });
    const args = { query: '{{ secrets.token }}' };
    await callOf(world.executor({ secrets: store }), at(port), { arguments: args });
    expect(JSON.parse(body)).toEqual(args);
  });
});
