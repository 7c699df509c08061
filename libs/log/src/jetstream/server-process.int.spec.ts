import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locateTool } from '@voorman/tools';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { natsAccounts } from './accounts.js';
import { keepKeys } from './keys.js';
import { findNatsServer } from './server-address.js';
import { portsFolder, type ServerConfigOptions, serverConfig } from './server-config.js';
import { NatsAlreadyRunningError, NatsConfigError, NatsStartError } from './server-errors.js';
import { type NatsServerProcess, startNatsServer } from './server-process.js';
import { CORE_SERVICES } from './topology.js';

const topology = { services: CORE_SERVICES, bots: [], publishers: [] };

describe('a server process', () => {
  let dataDir: string;
  let configFile: string;
  let binary: string;
  const running: NatsServerProcess[] = [];

  const configure = async (options: Partial<ServerConfigOptions> = {}): Promise<void> => {
    const { identities } = await keepKeys(join(dataDir, 'keys'), topology);
    const accounts = natsAccounts(topology, identities);
    await writeFile(configFile, serverConfig({ dataDir, syncAlways: true, accounts, ...options }));
  };
  const start = async (): Promise<NatsServerProcess> => {
    const started = await startNatsServer({ binary, configFile, dataDir });
    running.push(started);
    return started;
  };

  beforeEach(async () => {
    binary = (await locateTool('nats-server')).path;
    dataDir = await mkdtemp(join(tmpdir(), 'voorman-process-'));
    configFile = join(dataDir, 'nats-server.conf');
    await configure();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop()));
    await rm(dataDir, { recursive: true, force: true });
  });

  it('is ready when it starts, says where, and ends in good order', async () => {
    const server = await start();
    expect(server.url).toMatch(/^nats:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${server.monitoringUrl}/healthz`)).status).toBe(200);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });

  it('writes every acknowledged record to the disk, and reserves what it was told', async () => {
    const server = await start();
    const page = (await (await fetch(`${server.monitoringUrl}/jsz`)).json()) as { config: object };
    expect(page.config).toMatchObject({ sync_always: true, max_storage: 100 * 2 ** 30 });
  });

  it('is not confused by what a killed one left behind', async () => {
    const first = await start();
    expect(await first.kill()).toEqual({ code: null, signal: 'SIGKILL' });
    expect(existsSync(join(portsFolder(dataDir), `nats-server_${first.pid}.ports`))).toBe(true);
    expect(await findNatsServer(dataDir)).toBeUndefined();

    const second = await start();
    expect(existsSync(join(portsFolder(dataDir), `nats-server_${first.pid}.ports`))).toBe(false);
    expect(await findNatsServer(dataDir)).toMatchObject({ pid: second.pid, url: second.url });
  });

  it('is refused a store that another one has open', async () => {
    const first = await start();
    const fault = await start().catch((refused: unknown) => refused);
    expect(fault).toBeInstanceOf(NatsAlreadyRunningError);
    expect((fault as NatsAlreadyRunningError).running.pid).toBe(first.pid);
  });

  it('is not taken for one whose number another process has by now', async () => {
    await mkdir(portsFolder(dataDir), { recursive: true });
    const elsewhere = { nats: ['nats://127.0.0.1:1'], monitoring: ['http://127.0.0.1:1'] };
    await writeFile(join(portsFolder(dataDir), `nats-server_${process.pid}.ports`), JSON.stringify(elsewhere));
    expect(await findNatsServer(dataDir)).toBeUndefined();
  });

  it('says in a sentence that its port is taken', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await configure({ port });
    const fault = await start().catch((refused: unknown) => refused);
    holder.close();
    expect(fault).toBeInstanceOf(NatsStartError);
    expect((fault as NatsStartError).message).toMatch(`${port}: bind: address already in use`);
    expect((fault as NatsStartError).next).toContain('nats-server.log');
  });

  it('is not started on a broken configuration, and a running one keeps its own', async () => {
    const server = await start();
    await writeFile(configFile, 'accounts: { APP: { users: [ { nkey: "nobody" } ] } }');
    await expect(server.reload()).rejects.toThrow(NatsConfigError);
    expect((await fetch(`${server.monitoringUrl}/healthz`)).status).toBe(200);
    await server.stop();
    await expect(start()).rejects.toThrow(NatsConfigError);
  });

  it('says so when a change needs a restart', async () => {
    const server = await start();
    await configure({ serverName: 'another' });
    await expect(server.reload()).rejects.toThrow(/not supported/);
  });

  it('says so when there is no such program', async () => {
    const fault = await startNatsServer({ binary: '/nowhere/nats-server', configFile, dataDir }).catch(
      (refused: unknown) => refused,
    );
    expect(fault).toBeInstanceOf(NatsStartError);
  });
});
