import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attachment } from '@voorman/envelope';
import type { Payloads } from '@voorman/log';
import { MemoryStore, memoryConnection } from '@voorman/log/memory';
import { compileTool, type LoadedTool, loadTool } from '@voorman/registry';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiExecutor } from './api/api-executor.js';
import { AttachmentFiles } from './process/attachment-files.js';
import { ProcessExecutor } from './process/process-executor.js';
import { Sandboxes } from './sandbox/profile.js';
import { Sandbox } from './sandbox/sandbox.js';
import { isAlive, program } from './testing/program.js';
import { attemptOf } from './testing/tool-call.js';
import { WorldExecutor } from './world-executor.js';

const heard: string[] = [];
const ends: (() => Promise<unknown> | unknown)[] = [];
let folder: string;
let payloads: Payloads;
let trusting: Sandbox;
beforeAll(async () => {
  const sandboxes = new Sandboxes({ default: 'trusted', profiles: { trusted: { bare: true } } });
  trusting = await Sandbox.open({ sandboxes, hidden: [], overheard });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-executor-'));
  payloads = memoryConnection(new MemoryStore(), 'cli').payloads;
});
afterEach(async () => {
  heard.length = 0;
  for (const end of ends.splice(0)) await end();
  await rm(folder, { recursive: true });
});

const overheard = (_tool: string, text: string) => heard.push(text);
function executor(files = folder): WorldExecutor {
  const process = new ProcessExecutor(new AttachmentFiles(files, payloads), overheard, trusting);
  const world = new WorldExecutor({ api: new ApiExecutor(), process });
  ends.push(() => world.stop());
  return world;
}
const run = (world: WorldExecutor, tool: LoadedTool, args = {}, signal = new AbortController().signal) =>
  world.execute(attemptOf(tool, args, { signal }));
async function sample(source: string, more: Record<string, unknown> = {}): Promise<LoadedTool> {
  const { manifest, remove } = await program(source, more);
  ends.push(remove);
  return manifest;
}
const READS_FILE = `import { readFileSync } from 'node:fs';
  const { file } = JSON.parse(readFileSync(0, 'utf8'));
  console.log(JSON.stringify({ text: readFileSync(file.path, 'utf8') }));`;
const WITH_FILE = { schema: { input: { file: 'attachment' }, output: { text: 'string' } } };
async function attached(text: string): Promise<Attachment> {
  async function* content() {
    yield Buffer.from(text);
  }
  return { ...(await payloads.put(content(), 'text/plain')), name: 'a.log' };
}

describe('the executor', () => {
  it('runs a program, with its attachments as files', async () => {
    const tool = await sample(READS_FILE, WITH_FILE);
    const result = await run(executor(), tool, { file: await attached('hello') });
    expect(result).toMatchObject({ kind: 'output', output: { text: 'hello' } });
  });

  it('does not run the program when an attachment is missing', async () => {
    const tool = await sample(READS_FILE, WITH_FILE);
    const file = { ...(await attached('hello')), ref: 'payloads_cli/nothing' };
    expect(await run(executor(), tool, { file })).toMatchObject({
      kind: 'fault',
      fault: { code: 'log/payload-missing' },
      retryable: false,
    });
  });

  it('does not run the program when there is no room for its attachments, and tells the path to the operator alone', async () => {
    const tool = await sample(READS_FILE, WITH_FILE);
    const result = await run(executor(join(folder, 'not-there')), tool, { file: await attached('hello') });
    expect(result).toMatchObject({ kind: 'fault', fault: { code: 'tool/no-files' }, retryable: true });
    expect(JSON.stringify(result)).not.toContain('not-there');
    expect(heard.join('')).toContain('not-there');
  });

  it('does not run the program when the session was cancelled meanwhile, so that there is no doubt', async () => {
    const tool = await sample(`import { writeFileSync } from 'node:fs'; writeFileSync('ran', ''); console.log('{}')`);
    const result = await run(executor(), tool, {}, AbortSignal.abort());
    expect(result).toMatchObject({ kind: 'fault', fault: { code: 'session/cancelled' }, retryable: false });
    expect(await readdir(tool.folder)).not.toContain('ran');
  });

  it('ends the programs of running calls with everything that they started when it stops, and says nothing of their end', async () => {
    const tool = await sample(
      `import { spawn } from 'node:child_process';
       const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
       console.error([process.pid, child.pid].join(' ')); setInterval(() => {}, 1000);`,
    );
    const world = executor();
    let settled = false;
    void run(world, tool).then(() => {
      settled = true;
    });
    await expect.poll(() => heard.join(''), { timeout: 5_000 }).toMatch(/\d+ \d+\n/);
    await world.stop();
    const pids = heard.join('').trim().split(' ').map(Number);
    for (const pid of pids) await expect.poll(() => isAlive(pid)).toBe(false);
    expect(settled).toBe(false);
  });

  it('keeps a resident program for later calls', async () => {
    const tool = await sample(
      `import { createInterface } from 'node:readline';
       createInterface({ input: process.stdin }).on('line', (line) =>
         console.log(JSON.stringify({ id: JSON.parse(line).id, output: { pid: process.pid } })));`,
      { mode: 'resident' },
    );
    const world = executor();
    const [first, second] = [await run(world, tool), await run(world, tool)];
    expect(first).toMatchObject({ kind: 'output' });
    expect({ ...second, durationMs: 0 }).toEqual({ ...first, durationMs: 0 });
  });

  it('calls an endpoint', async () => {
    const server = createServer((_request, response) => response.end('{"results":[],"total_count":0}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => server.close());
    const shown = await documented();
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const tool = { ...shown, endpoint, private_addresses: ['127.0.0.1'] } as LoadedTool;
    const result = await run(executor(), tool, { query: 'x', max_results: 3 });
    expect(result).toMatchObject({ kind: 'output', output: { total_count: 0 } });
    expect(compileTool(tool).checkOutput(result.kind === 'output' && result.output)).toBeUndefined();
  });
});

/** The tool that the service's page shows how to declare, as a registry would load it. */
async function documented(): Promise<LoadedTool> {
  const page = await readFile(new URL('../../../docs/services/tool-gateway.md', import.meta.url), 'utf8');
  const file = join(folder, 'tool.yaml');
  await writeFile(file, /```yaml\n(name: search_web\n[\s\S]*?)```/.exec(page)?.[1] ?? '');
  return loadTool(file);
}

describe('the tool in the documentation', () => {
  it('loads as it stands there, may be repeated, and is held to 20 calls a session', async () => {
    expect(await documented()).toMatchObject({
      name: 'search_web',
      effect: 'repeatable',
      budget: { max_calls_per_session: 20, cost_per_call_usd: 0.0005 },
      retry: { backoff: 'exponential', max_attempts: 3 },
      timeout_ms: 8_000,
    });
  });
});
