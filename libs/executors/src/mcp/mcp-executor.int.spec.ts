import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APPROVED } from '../testing/mcp-server.js';
import { McpWorld } from '../testing/mcp-world.js';

const world = new McpWorld();
beforeEach(() => {
  process.env.FOR_IT = 'x';
  process.env.NOT_FOR_IT = 'y';
  return world.open();
});
afterEach(() => {
  delete process.env.FOR_IT;
  delete process.env.NOT_FOR_IT;
  return world.close();
});

describe('a tool of an MCP server', () => {
  it('answers with what the server structured, else with its text, and gets the key of the call', async () => {
    const executor = world.newExecutor();
    expect(await world.ask(executor, 'structured')).toMatchObject({
      kind: 'output',
      output: { found: true, key: { 'voorman/idempotency-key': 'key-1' } },
    });
    expect(await world.ask(executor, 'hello')).toMatchObject({
      output: { text: expect.stringMatching(/^hello: \d+$/) },
    });
    expect(await world.ask(executor, 'image')).toMatchObject({ output: { text: 'a', content: [{ type: 'image' }] } });
  });

  it('fails where the server says so, in its words', async () => {
    const executor = world.newExecutor();
    const failing = { kind: 'fault', retryable: false };
    expect(await world.ask(executor, 'fail')).toMatchObject({ ...failing, fault: { message: 'No such thing.' } });
    expect(await world.ask(executor, 'throw')).toMatchObject({
      ...failing,
      fault: { message: expect.stringContaining('Out of order') },
    });
  });

  it('runs in its own folder, and sees of the environment what its manifest names', async () => {
    const executor = world.newExecutor();
    expect(await world.ask(executor, 'folder')).toMatchObject({ output: { text: world.folder } });
    expect(await world.ask(executor, 'environment')).toMatchObject({ output: { text: 'FOR_IT PATH' } });
    expect(world.heard.join('')).toContain('hello from the server');
  });

  it('keeps its connection, also for calls at once, and gets a new one after a crash, which leaves the call in doubt', async () => {
    const executor = world.newExecutor();
    const pids = await Promise.all(['p', 'p', 'p'].map((what) => world.ask(executor, what)));
    expect(new Set(pids.map((pid) => pid.kind === 'output' && pid.output.text)).size).toBe(1);
    expect(await world.ask(executor, 'crash')).toMatchObject({
      kind: 'unknown',
      fault: { code: 'tool/connection-lost' },
    });
    const after = await world.ask(executor, 'p');
    expect(after.kind).toBe('output');
    expect(after.kind === 'output' && after.output).not.toEqual(pids[0]?.kind === 'output' && pids[0].output);
  });

  it('is in doubt when its time is up, and tells the server to stop', async () => {
    const executed = await world.ask(world.newExecutor(), 'never', { manifest: world.tool({ timeout_ms: 2_000 }) });
    expect(executed).toMatchObject({ kind: 'unknown', fault: { code: 'tool/timeout' } });
    await expect.poll(() => world.heard.join('')).toContain('cancelled');
  });

  it('is stopped with its session', async () => {
    const executor = world.newExecutor();
    await world.ask(executor, 'warm');
    const end = new AbortController();
    setTimeout(() => end.abort(), 200);
    expect(await world.ask(executor, 'never', { signal: end.signal })).toMatchObject({
      kind: 'unknown',
      fault: { code: 'session/cancelled' },
      retryable: false,
    });
    await expect.poll(() => world.heard.join('')).toContain('cancelled');
  });

  it('cannot fill the memory with one answer', async () => {
    expect((await world.ask(world.newExecutor(), 'large')).kind).toBe('unknown');
    const { url } = await world.overHttp(() => APPROVED);
    expect(
      (
        await world.ask(world.newExecutor(), 'large', {
          manifest: world.tool({ server: { url, private_addresses: ['127.0.0.1'] } }),
        })
      ).kind,
    ).not.toBe('output');
  });

  it('cannot be started where there is no such program, and says so', async () => {
    const manifest = world.tool({ server: { command: ['/nowhere/server'] } });
    expect(await world.ask(world.newExecutor(), 'x', { manifest })).toMatchObject({
      kind: 'fault',
      fault: { code: 'tool/unreachable' },
      retryable: true,
    });
  });

  it('refuses limits that it cannot keep', async () => {
    for (const limits of [{ draftOnly: true }, { maxRows: 1 }, { conditions: [{ table: 't', where: 'true' }] }]) {
      expect(await world.ask(world.newExecutor(), 'x', { limits })).toMatchObject({
        kind: 'fault',
        fault: { code: 'tool/limit-not-kept' },
      });
    }
  });
});
