import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APPROVED } from '../testing/mcp-server.js';
import { McpWorld } from '../testing/mcp-world.js';

const world = new McpWorld();
beforeEach(() => world.open());
afterEach(() => world.close());

describe('a tool of an MCP server over HTTP', () => {
  it('is called with its secret headers, which come back from nowhere', async () => {
    const seen: unknown[] = [];
    const { url } = await world.overHttp(
      () => APPROVED,
      (headers) => {
        seen.push(headers.authorization);
        return 200;
      },
    );
    const manifest = world.tool({
      server: { url, private_addresses: ['127.0.0.1'], headers: { authorization: { env: 'X' } } },
    });
    const executed = await world.ask(world.newExecutor(), 's3cret-of-the-server Bearer s3cret-of-the-server', {
      manifest,
    });
    expect(new Set(seen)).toEqual(new Set(['Bearer s3cret-of-the-server']));
    expect(executed).toMatchObject({ kind: 'output', output: { text: expect.stringContaining('[secret]') } });
    expect(await world.newExecutor().meaning(manifest)).toEqual({ hosts: ['127.0.0.1'] });
  });

  it('is refused when its description changes between two calls', async () => {
    let now = APPROVED;
    const { url } = await world.overHttp(() => now);
    const executor = world.newExecutor();
    const manifest = world.tool({ server: { url, private_addresses: ['127.0.0.1'] } });
    expect((await world.ask(executor, 'a', { manifest })).kind).toBe('output');
    now = { ...APPROVED, description: 'Something else.' };
    expect(await world.ask(executor, 'a', { manifest })).toMatchObject({ fault: { code: 'mcp/description-changed' } });
  });

  it('follows no redirect', async () => {
    const { url } = await world.overHttp(
      () => APPROVED,
      () => 307,
    );
    expect(
      await world.ask(world.newExecutor(), 'a', {
        manifest: world.tool({ server: { url, private_addresses: ['127.0.0.1'] } }),
      }),
    ).toMatchObject({ kind: 'fault' });
  });

  it('is not asked where its host leads to a private address that the manifest does not list', async () => {
    let asked = 0;
    const { url } = await world.overHttp(
      () => APPROVED,
      () => {
        asked += 1;
        return 200;
      },
    );
    expect(await world.ask(world.newExecutor(), 'a', { manifest: world.tool({ server: { url } }) })).toMatchObject({
      kind: 'fault',
    });
    expect(asked).toBe(0);
  });

  it('that cannot be reached may be tried again', async () => {
    const manifest = world.tool({ server: { url: 'http://127.0.0.1:1/mcp', private_addresses: ['127.0.0.1'] } });
    expect(await world.ask(world.newExecutor(), 'a', { manifest })).toMatchObject({
      kind: 'fault',
      fault: { code: 'tool/unreachable' },
      retryable: true,
    });
  });

  it('is called over a new connection once its server is back', async () => {
    const first = await world.overHttp(() => APPROVED);
    const executor = world.newExecutor();
    const manifest = world.tool({ server: { url: first.url, private_addresses: ['127.0.0.1'] } });
    expect((await world.ask(executor, 'a', { manifest })).kind).toBe('output');
    first.server.closeAllConnections();
    await new Promise((resolve) => first.server.close(resolve));
    expect((await world.ask(executor, 'a', { manifest })).kind).toBe('fault');
    await new Promise<void>((resolve) => first.server.listen(Number(new URL(first.url).port), '127.0.0.1', resolve));
    expect((await world.ask(executor, 'a', { manifest })).kind).toBe('output');
  });
});
