import { afterEach, describe, expect, it } from 'vitest';
import { ApiWorld, apiTool, callOf } from '../testing/api-world.js';
import { LOOPBACK, redirecting, secrets, WITH_SECRET } from '../testing/redirecting.js';

const world = new ApiWorld();
afterEach(() => world.end());

describe('a redirect within the endpoint’s host', () => {
  it.each([
    [307, 'POST', 'POST', '{"query":"x"}'],
    [308, 'PUT', 'PUT', '{"query":"x"}'],
    [303, 'POST', 'GET', ''],
    [302, 'GET', 'GET', ''],
    [301, 'GET', 'GET', ''],
  ])('%d of %s is asked as %s, with its headers', async (status, method, then, body) => {
    const { seen, from } = await redirecting(world, status, () => '/to');
    const result = await callOf(world.executor({ secrets }), apiTool(from, { ...WITH_SECRET, method }));
    expect(result).toMatchObject({ kind: 'output', output: { done: true } });
    expect(seen[1]).toMatchObject({ method: then, url: '/to', body });
    expect(seen[1]?.headers).toMatchObject({ authorization: 'Bearer s3cret', 'idempotency-key': 'key-1' });
    if (then === 'GET') expect(seen[1]?.headers).not.toHaveProperty('content-type');
  });

  it.each([301, 302])('%d of a POST is neither repeated nor read: it may have happened', async (status) => {
    const { seen, from } = await redirecting(world, status, () => '/to');
    const result = await callOf(world.executor(), apiTool(from, LOOPBACK));
    expect(result).toMatchObject({ kind: 'unknown', retryable: false, fault: { code: 'tool/redirect-refused' } });
    expect(seen).toHaveLength(1);
  });

  it('that goes on for ever ends after five', async () => {
    const { seen, from } = await redirecting(world, 307, () => '/from');
    expect(await callOf(world.executor(), apiTool(from, LOOPBACK))).toMatchObject({
      kind: 'fault',
      fault: { code: 'tool/redirect-refused' },
    });
    expect(seen).toHaveLength(6);
  });

  it('whose result cannot be read leaves it open whether it happened', async () => {
    const { from } = await redirecting(world, 303, () => 'http://127.0.0.1:1/');
    const tool = apiTool(from, { ...LOOPBACK, hosts: ['127.0.0.1:1'], effect: 'once' });
    expect(await callOf(world.executor(), tool)).toMatchObject({ kind: 'unknown' });
  });

  it.each([404, 429])('whose result is answered with %d leaves it open whether it happened', async (status) => {
    const port = await world.serve((request, response) => {
      if (request.method === 'POST') response.writeHead(303, { location: '/result' }).end();
      else response.writeHead(status).end();
    });
    const tool = apiTool(`http://127.0.0.1:${port}/`, { ...LOOPBACK, effect: 'once' });
    expect(await callOf(world.executor(), tool)).toMatchObject({ kind: 'unknown' });
  });

  it('that shares the time of the attempt', async () => {
    const port: number = await world.serve((_request, response) => {
      setTimeout(() => response.writeHead(307, { location: '/again' }).end(), 150);
    });
    const tool = apiTool(`http://127.0.0.1:${port}/`, { ...LOOPBACK, timeout_ms: 400 });
    expect(await callOf(world.executor(), tool)).toMatchObject({ fault: { code: 'tool/timeout' } });
  });
});
