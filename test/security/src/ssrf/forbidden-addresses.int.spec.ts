import type { ApiExecutorOptions } from '@voorman/executors';
import { ApiWorld, apiTool, callOf } from '@voorman/executors/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

type Resolve = NonNullable<ApiExecutorOptions['resolve']>;
const world = new ApiWorld();
let reached: string[];
let port: number;
beforeEach(async () => {
  reached = [];
  // All addresses of the machine, so that nothing but the executor keeps anybody from it.
  port = await world.serve(
    (request, response) => {
      reached.push(`${request.socket.localAddress}`);
      response.end('{"inside":true}');
    },
    undefined,
    '::',
  );
});
afterEach(() => world.end());
const REFUSED = { kind: 'fault', retryable: false, fault: { code: 'tool/address-refused' } };
const names =
  (answers: Record<string, readonly string[]>): Resolve =>
  async (hostname) =>
    answers[hostname] ?? [];

describe('a server on a private address', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '017700000001',
    '0177.0.0.1',
    '0',
    '0.0.0.0',
    '127.0.0.1.',
    '[::1]',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '１２７.0.0.1',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    'localhost',
    'LOCALHOST',
  ])('is not reached as %s', async (host) => {
    const result = await callOf(world.executor(), apiTool(`http://${host}:${port}/`));
    expect(result).toMatchObject(REFUSED);
    expect(reached).toEqual([]);
  });

  it.each(['127.0.0.1', '[::ffff:127.0.0.1]', 'localhost', '2130706433'])(
    'is reached as %s where the manifest lists it',
    async (host) => {
      const tool = apiTool(`http://${host}:${port}/`, { private_addresses: ['127.0.0.0/8'] });
      expect(await callOf(world.executor(), tool)).toMatchObject({ kind: 'output', output: { inside: true } });
    },
  );

  it.each([
    '127.0.0.1',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '0.0.0.0',
    '169.254.169.254',
    '10.0.0.1',
  ])('is not reached by a public name that answers with %s', async (address) => {
    const executor = world.executor({ resolve: names({ 'api.example': [address] }) });
    expect(await callOf(executor, apiTool(`http://api.example:${port}/`))).toMatchObject(REFUSED);
    expect(reached).toEqual([]);
  });

  it('is not reached by a name whose answer changes after it was checked', async () => {
    const answers = [['127.0.0.1'], ['127.0.0.66']];
    let asked = 0;
    const resolve: Resolve = async () => answers[Math.min(asked++, answers.length - 1)] ?? [];
    const executor = world.executor({ resolve });
    // Each call a connection of its own: the second has to look the name up again.
    const tool = apiTool(`http://api.example:${port}/`, { private_addresses: ['127.0.0.1'], effect: 'once' });
    expect(await callOf(executor, tool)).toMatchObject({ kind: 'output' });
    // One look, and the socket went where it led: there is no second look in between that could answer otherwise.
    expect(asked).toBe(1);
    expect(reached).toEqual(['::ffff:127.0.0.1']);
    expect(await callOf(executor, tool)).toMatchObject(REFUSED);
    expect(reached).toHaveLength(1);
  });

  it('is not reached by the private one of a name’s several addresses', async () => {
    const resolve = names({ 'api.example': ['127.0.0.66', '127.0.0.1', '10.0.0.1'] });
    const tool = apiTool(`http://api.example:${port}/`, { private_addresses: ['127.0.0.1'], effect: 'once' });
    for (let n = 0; n < 5; n += 1) await callOf(world.executor({ resolve }), tool);
    expect(new Set(reached)).toEqual(new Set(['::ffff:127.0.0.1']));
  });

  it.each(['127.0.0.66', '2130706498', '[::1]', '[::ffff:127.0.0.66]', 'inside.example'])(
    'is not reached through a redirect to %s, although the host is listed',
    async (host) => {
      const first = await world.serve((_request, response) => {
        response.writeHead(307, { location: `http://${host}:${port}/` }).end();
      });
      const executor = world.executor({ resolve: names({ 'inside.example': ['127.0.0.66'] }) });
      const tool = apiTool(`http://127.0.0.1:${first}/`, {
        private_addresses: ['127.0.0.1'],
        hosts: [`${host}:${port}`],
      });
      expect(await callOf(executor, tool)).toMatchObject(REFUSED);
      expect(reached).toEqual([]);
    },
  );

  it('is not reached by a tool that shares the gateway with one that may', async () => {
    const executor = world.executor();
    const endpoint = `http://127.0.0.1:${port}/`;
    const may = apiTool(endpoint, { private_addresses: ['127.0.0.1'], effect: 'repeatable' });
    expect(await callOf(executor, may)).toMatchObject({ kind: 'output' });
    // The connection of the first is open still; it is not the second's.
    expect(await callOf(executor, apiTool(endpoint, { effect: 'repeatable' }))).toMatchObject(REFUSED);
  });

  it('is told to the operator, not to the bot', async () => {
    const told: unknown[] = [];
    const executor = world.executor({
      resolve: names({ 'api.example': ['10.9.8.7'] }),
      report: (_tool, fault) => told.push(fault),
    });
    const result = await callOf(executor, apiTool(`http://api.example:${port}/`));
    expect(JSON.stringify(result)).not.toMatch(/10\.9\.8\.7|api\.example/);
    expect(`${told}`).toContain('10.9.8.7');
  });
});

describe('a name', () => {
  it('that leads nowhere was never called, and may lead somewhere later', async () => {
    const executor = world.executor({
      resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    });
    expect(await callOf(executor, apiTool('http://api.example/'))).toMatchObject({
      kind: 'fault',
      retryable: true,
      fault: { code: 'tool/unreachable' },
    });
  });

  it('that is not answered for in time was never called', async () => {
    const executor = world.executor({ resolve: () => new Promise(() => undefined) });
    const began = performance.now();
    const result = await callOf(executor, apiTool('http://api.example/', { timeout_ms: 100 }));
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(result).toMatchObject({ kind: 'fault', retryable: true, fault: { code: 'tool/timeout' } });
  });
});
