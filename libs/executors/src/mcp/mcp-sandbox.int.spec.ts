import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locateTool } from '@voorman/tools';
import { afterEach, describe, expect, it } from 'vitest';
import type { Executed, Limits } from '../executor.js';
import { Sandboxes, SandboxFile } from '../sandbox/profile.js';
import { Sandbox } from '../sandbox/sandbox.js';
import { sandboxIsMissing } from '../testing/confined-tool.js';
import { attemptOf, loadedTool } from '../testing/tool-call.js';
import { descriptionOf, digestOf } from './description.js';
import { McpExecutor } from './mcp-executor.js';

const TOOL = { name: 'look', inputSchema: { type: 'object' as const } };

/** The protocol by hand: in a sandbox there are no packages. Its tool tells what it can see. */
const SERVER = `import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
const seen = (path) => { try { return readdirSync(path); } catch (fault) { return fault.code; } };
const net = () => fetch('http://127.0.0.1:' + process.argv[2]).then(() => 'reached', () => 'no network');
const answers = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } }),
  'tools/list': () => ({ tools: [${JSON.stringify(TOOL)}] }),
  'tools/call': async () => ({ content: [], structuredContent: {
    home: process.env.HOME, root: seen('/root'), work: seen('/tmp'), own: seen('.'), network: await net() } }),
};
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result: await answers[method](params) }));
});`;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function call(bwrap: string | undefined, limits: Limits = {}): Promise<Executed> {
  const folder = await mkdtemp(join(tmpdir(), 'voorman-mcp-room-'));
  ends.push(() => rm(folder, { recursive: true }));
  await chmod(folder, 0o755);
  await writeFile(join(folder, 'server.mjs'), SERVER);
  await writeFile(join(folder, 'tool.yaml'), '');
  const sandboxes = new Sandboxes(SandboxFile.parse({ profiles: { trusted: { bare: true } } }));
  const sandbox = await Sandbox.open({ bwrap, sandboxes, hidden: [], overheard: () => undefined });
  const executor = new McpExecutor({ place: sandbox.place.bind(sandbox) });
  ends.push(async () => {
    await executor.stop();
    await sandbox.stop();
  });
  const written = { name: 'look', tool: 'look', digest: digestOf(descriptionOf(TOOL)), schema: {} };
  const manifest = loadedTool('mcp', { ...written, server: { command: ['node', 'server.mjs', '1'] } }, folder);
  return executor.execute(manifest, attemptOf(manifest, {}, { limits }));
}

describe('the program of an MCP server', async () => {
  const missing = await sandboxIsMissing();
  const bwrap = missing === undefined ? (await locateTool('bwrap')).path : undefined;

  it.skipIf(missing !== undefined)('runs in a sandbox: without the host’s files, home or network', async () => {
    const executed = await call(bwrap);
    expect(executed).toMatchObject({ kind: 'output', output: { home: '/tmp', work: [], network: 'no network' } });
    expect(executed.kind === 'output' && executed.output.own).toContain('server.mjs');
    expect(executed.kind === 'output' && executed.output.root).not.toBeInstanceOf(Array);
  });

  it('is refused where it needs a sandbox and there is none', async () => {
    expect(await call(undefined)).toMatchObject({
      kind: 'fault',
      fault: { code: 'sandbox/unavailable' },
      retryable: false,
    });
  });

  it('runs bare where policy names a profile that says so', async () => {
    expect(await call(undefined, { sandbox: 'trusted' })).toMatchObject({
      kind: 'output',
      output: { work: expect.arrayContaining([expect.any(String)]) },
    });
  });
});
