import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { voorman } from './testing/command-line.js';
import type { Status } from './testing/stack.js';

interface Access {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly inbox_prefix: string;
  readonly cert_file: string;
  readonly ca_file: string;
}

// A loaded machine starts a stack in half a minute.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe('a stack whose bus is served with mTLS', () => {
  let folder = '';
  let data: string[] = [];
  const status = async () => JSON.parse((await voorman(['status', '--json', ...data])).out) as Status;
  const attached = ['--attach', 'examples/checkout-incident/access.log'];
  const goal = () => voorman(['run', 'Why are requests failing?', ...attached, ...data]);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'voorman-encryption-'));
    data = ['--data', folder];
    const up = await voorman(['up', '--detach', '--relaxed', '--tls', ...data]);
    expect(up.code, up.err).toBe(0);
    expect(up.out).toContain('mTLS');
  });
  afterAll(async () => {
    await voorman(['down', ...data]);
    await rm(folder, { recursive: true, force: true });
  });

  it('answers a goal as any other, also after its server died', async () => {
    const first = await goal();
    expect(first.code, first.err).toBe(0);
    const { nats } = await status();
    process.kill(nats.pid, 'SIGKILL');
    await expect.poll(async () => (await status()).nats.pid, { timeout: 60_000 }).not.toBe(nats.pid);
    const second = await goal();
    expect(second.code, second.err).toBe(0);
  });

  it('lets an outside publisher in with its certificate, and nobody without one', async () => {
    const settings = JSON.parse((await voorman(['access', 'crm', '--json', ...data])).out) as Access;
    const { url, user, password, inbox_prefix, cert_file: certFile, ca_file: caFile } = settings;
    const known: ConnectionOptions = {
      servers: url,
      user,
      pass: password,
      inboxPrefix: inbox_prefix,
      reconnect: false,
      timeout: 5_000,
    };
    const connection = await connect({ ...known, tls: { certFile, keyFile: certFile, caFile } });
    await connection.close();
    await expect(connect(known)).rejects.toThrow();
    await expect(connect({ ...known, tls: { caFile } })).rejects.toThrow();
  });
});
