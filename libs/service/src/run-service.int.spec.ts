import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealDraft } from '@voorman/envelope';
import { connectLog, type LogConnection } from '@voorman/log/jetstream';
import { startTestServer, type TestServer } from '@voorman/log/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { uuids } from './surroundings.js';
import { SampleProcess } from './testing/sample-process.js';

let server: TestServer;
let orchestrator: LogConnection;
let folder: string;
const processes: SampleProcess[] = [];
const connect = (name: string) => connectLog({ servers: [server.url], name, credentials: server.credentialsFor(name) });

beforeAll(async () => {
  server = await startTestServer();
  orchestrator = await connect('orchestrator');
});
afterAll(async () => {
  await orchestrator?.close();
  await server?.stop();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-service-'));
  const credentials = server.credentialsFor('sre-bot');
  await writeFile(join(folder, 'key'), 'nkeySeed' in credentials ? credentials.nkeySeed : '');
});
afterEach(async () => {
  for (const process of processes.splice(0)) await process.kill();
  await rm(folder, { recursive: true });
});

function start(env: Record<string, string> = {}, supervised = false): SampleProcess {
  const settings = {
    VOORMAN_NATS_URL: server.url,
    VOORMAN_NAME: 'sre-bot',
    VOORMAN_NKEY_FILE: join(folder, 'key'),
    VOORMAN_REGISTRY: folder,
    VOORMAN_DATA: folder,
    VOORMAN_READY_FILE: join(folder, 'ready.json'),
  };
  const process = new SampleProcess({ ...settings, ...env }, supervised);
  processes.push(process);
  return process;
}
const ready = async () =>
  JSON.parse(await readFile(join(folder, 'ready.json'), 'utf8')) as { health: string; pid: number };
/** Asks the bot for a task that takes this long. */
async function request(session: string, tookMs: number): Promise<void> {
  const draft = { type: 'task-requested', target: 'sre-bot', payload: { goal: String(tookMs) } } as const;
  const seal = { source: 'orchestrator', tenant: 'acme', session, task: 't', ttlSeconds: 60 };
  await orchestrator.log.append(sealDraft(draft, { ...seal, id: uuids.next(), atMs: Date.now() }));
}

describe('a service', () => {
  it('says when it is ready, and answers on its one port', async () => {
    const service = start();
    await service.says('"Ready."');
    const { health, pid } = await ready();
    expect(pid).toBe(service.child.pid);
    expect(await readdir(folder)).toEqual(['key', 'ready.json']);

    const healthz = await fetch(`${health}/healthz`);
    expect(healthz.status).toBe(200);
    expect(await healthz.json()).toMatchObject({ status: 'ok', held: 0, sample: 1, bus: { connected: true } });
    const metrics = await (await fetch(`${health}/metrics`)).text();
    expect(metrics).toContain('voorman_records_held 0');
    expect(metrics).toContain('process_cpu_seconds_total');
  });

  it('finishes what it holds when it is told to stop, and ends with code 0', async () => {
    const service = start();
    await service.says('"Ready."');
    await request('s-stop', 1_000);
    await service.says('begun');
    service.child.kill('SIGTERM');
    expect(await service.ended).toEqual({ code: 0, signal: null });
    expect(service.said).toContain('ended');
  });

  it('hands back what takes longer than its grace period, to whoever comes next', async () => {
    const service = start({ VOORMAN_GRACE_MS: '200' });
    await service.says('"Ready."');
    await request('s-grace', 4_000);
    await service.says('begun');
    service.child.kill('SIGTERM');
    expect(await service.ended).toEqual({ code: 0, signal: null });
    expect(service.said).not.toContain('ended');
    await start().says('ended');
  });

  it('ends when its supervisor is gone', async () => {
    const service = start({}, true);
    await service.says('"Ready."');
    service.child.disconnect();
    expect(await service.ended).toEqual({ code: 0, signal: null });
    expect(service.said).toContain('the supervisor is gone');
  });

  it('tells in one line which settings are wrong, without a stack trace, and ends with code 1', async () => {
    const service = start({ VOORMAN_NAME: 'no name', VOORMAN_GRACE_MS: 'soon' });
    expect(await service.ended).toEqual({ code: 1, signal: null });
    const [line = '', ...more] = service.said.trim().split('\n');
    expect(more).toEqual([]);
    const { fault } = JSON.parse(line);
    expect(fault).toEqual({
      code: 'service/invalid-config',
      message: expect.stringMatching(/VOORMAN_NAME.*VOORMAN_GRACE_MS/),
      next: expect.stringContaining('voorman up'),
    });
  });

  it('tells in one line that the bus does not know its key', async () => {
    const stranger = server.credentialsFor('orchestrator');
    await writeFile(join(folder, 'key'), 'nkeySeed' in stranger ? `${stranger.nkeySeed.slice(0, -4)}AAAA` : '');
    const service = start();
    expect(await service.ended).toEqual({ code: 1, signal: null });
    // Two writers share the pipe, so on a busy machine this line may come before the one that says "Connecting.".
    const line = service.said.split('\n').find((each) => each.includes('cannot start'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      fault: { code: 'log/forbidden' },
    });
    expect(service.said).not.toMatch(/\n\s+at /);
  });

  it('waits for a server that is away, says so, and is ready when it comes', async () => {
    const other = await startTestServer();
    try {
      const credentials = other.credentialsFor('sre-bot');
      await writeFile(join(folder, 'key'), 'nkeySeed' in credentials ? credentials.nkeySeed : '');
      const address = other.url;
      await other.kill();
      const service = start({ VOORMAN_NATS_URL: address });
      await service.says('"Connecting."');
      await expect(ready()).rejects.toThrow('ENOENT');
      await other.restart();
      await service.says('"Ready."');
    } finally {
      await other.stop();
    }
  });
});
