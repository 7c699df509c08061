import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiWorld, apiTool, bodyOf, callOf } from '../testing/api-world.js';
import type { ApiExecutor } from './api-executor.js';
import type { ApiManifest } from './request.js';

const world = new ApiWorld();
let executor: ApiExecutor;
beforeEach(() => {
  executor = world.executor();
});
afterEach(() => world.end());

const endpoint = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await world.serve(listener)}/v1/search`;
const manifest = (address: string, more: Record<string, unknown> = {}): ApiManifest =>
  apiTool(address, {
    schema: { input: { query: 'string' }, output: { results: 'array' } },
    private_addresses: ['127.0.0.1'],
    ...more,
  });
const call = (tool: ApiManifest, { signal = new AbortController().signal, attempt = 1 } = {}) =>
  callOf(executor, tool, { arguments: { query: 'a b', max: 2 }, attempt, signal });
const status = (code: number, headers: Record<string, string> = {}) =>
  endpoint((_request, response) => void response.writeHead(code, headers).end('{"results":[]}'));

describe('a call of an HTTP endpoint', () => {
  it('sends the arguments as JSON, with the same idempotency key at every attempt', async () => {
    const seen: object[] = [];
    const address = await endpoint(async (request, response) => {
      const { method, headers } = request;
      seen.push({
        method,
        type: headers['content-type'],
        key: headers['idempotency-key'],
        body: await bodyOf(request),
      });
      response.end('{"results":[1]}');
    });
    const tool = manifest(address);
    expect(await call(tool)).toMatchObject({ kind: 'output', output: { results: [1] } });
    await call(tool, { attempt: 2 });
    const expected = { method: 'POST', type: 'application/json', key: 'key-1', body: '{"query":"a b","max":2}' };
    expect(seen).toEqual([expected, expected]);
  });

  it('puts the arguments into the query for GET, beside what the endpoint has there', async () => {
    let url: string | undefined;
    const address = await endpoint((request, response) => {
      url = request.url;
      response.end('{"results":[]}');
    });
    await call(manifest(`${address}?lang=en`, { method: 'GET' }));
    expect(url).toBe('/v1/search?lang=en&query=a+b&max=2');
  });

  it.each([
    [400, 'fault', false],
    [404, 'fault', false],
    [429, 'fault', true],
    [503, 'fault', true],
    [500, 'unknown', true],
    [504, 'unknown', true],
  ])('answered with %d ends as %s, retryable: %s', async (code, kind, retryable) => {
    const result = await call(manifest(await status(code)));
    expect(result).toMatchObject({ kind, retryable, fault: { message: `search_web answered with status ${code}.` } });
  });

  it('does not follow a redirect', async () => {
    let followed = false;
    const elsewhere = await endpoint((_request, response) => {
      followed = true;
      response.end('{"results":[]}');
    });
    const result = await call(manifest(await status(307, { location: elsewhere })));
    expect(result).toMatchObject({ kind: 'fault', retryable: false });
    expect(followed).toBe(false);
  });

  it('that nobody listens to did not happen, and may go well later', async () => {
    const address = await status(200);
    await world.end();
    executor = world.executor();
    expect(await call(manifest(address))).toMatchObject({
      kind: 'fault',
      fault: { code: 'tool/unreachable' },
      retryable: true,
    });
  });

  it('whose connection is lost after sending may have happened', async () => {
    const address = await endpoint(async (request) => {
      await bodyOf(request);
      request.socket.destroy();
    });
    expect(await call(manifest(address))).toMatchObject({ kind: 'unknown', fault: { code: 'tool/connection-lost' } });
  });

  it('whose answer breaks off may have happened', async () => {
    const address = await endpoint((request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"results"');
      setTimeout(() => request.socket.destroy(), 20);
    });
    expect(await call(manifest(address))).toMatchObject({ kind: 'unknown', fault: { code: 'tool/connection-lost' } });
  });

  it.each([
    ['before the first word', () => undefined],
    ['in the middle of an answer', (response: { write(text: string): unknown }) => response.write('{"results"')],
  ])('that takes too long %s may have happened', async (_name, begin) => {
    const address = await endpoint((_request, response) => void begin(response));
    const result = await call(manifest(address, { timeout_ms: 200 }));
    expect(result).toMatchObject({
      kind: 'unknown',
      fault: { code: 'tool/timeout', message: 'search_web did not finish within 200 ms.' },
    });
  });

  it('is given up when the session is cancelled', async () => {
    const abort = new AbortController();
    const address = await endpoint(() => abort.abort());
    const result = await call(manifest(address), { signal: abort.signal });
    expect(result).toMatchObject({ kind: 'unknown', fault: { code: 'session/cancelled' } });
  });

  it('is at fault when its answer is larger than 10 MiB', async () => {
    const address = await endpoint((_request, response) => void response.end(Buffer.alloc(11 * 2 ** 20, 'x')));
    expect(await call(manifest(address))).toMatchObject({
      kind: 'fault',
      fault: { message: 'search_web answered with more than 10 MiB.' },
    });
  });

  it('is at fault when its answer is no JSON', async () => {
    const address = await endpoint((_request, response) => void response.end('<html>'));
    expect(await call(manifest(address))).toMatchObject({
      kind: 'fault',
      fault: { message: 'search_web did not answer with JSON.' },
    });
  });
});
