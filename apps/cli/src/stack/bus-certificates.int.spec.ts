import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BusCertificates, memberPaths } from './bus-certificates.js';
import { dataFolder } from './data-folder.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-certificates-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});
const open = () => BusCertificates.open(dataFolder(folder));
const read = async (file: string) => new X509Certificate(await readFile(file));

describe('the certificates of a stack', () => {
  it('are issued for the server and everybody on the bus, for a day, and read by this user alone', async () => {
    const certificates = await open();
    await certificates.renew(['policy', 'sre-bot', 'policy']);
    expect((await readdir(join(folder, 'pki', 'members'))).sort()).toEqual(['ca.crt', 'policy.pem', 'sre-bot.pem']);
    for (const { certFile, keyFile, caFile } of [certificates.server, certificates.member('sre-bot')]) {
      expect(keyFile).toBe(certFile);
      expect((await stat(certFile)).mode & 0o777).toBe(0o600);
      const shown = await read(certFile);
      expect(shown.verify((await read(caFile)).publicKey)).toBe(true);
      expect(Date.parse(shown.validTo) - Date.now()).toBeLessThanOrEqual(86_400_000);
    }
    expect((await read(certificates.server.certFile)).checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect((await read(certificates.member('sre-bot').certFile)).subject).toContain('CN=sre-bot');
  });

  it('lie where a command of another process looks for them', async () => {
    const certificates = await open();
    expect(memberPaths(dataFolder(folder), 'cli')).toEqual(certificates.member('cli'));
  });

  it('do not let a member pass for the server, whatever its name', async () => {
    const certificates = await open();
    await certificates.renew(['nats-server']);
    const { certFile } = certificates.member('nats-server');
    expect((await read(certFile)).keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect((await read(certificates.server.certFile)).keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it('stay under one authority over many starts', async () => {
    await (await open()).renew(['cli']);
    const { caFile } = (await open()).member('cli');
    const before = await readFile(caFile, 'utf8');
    await (await open()).renew(['cli']);
    expect(await readFile(caFile, 'utf8')).toBe(before);
  });

  it('are renewed well before they end, also after a renewal that failed', async () => {
    vi.useFakeTimers();
    const said: string[] = [];
    let renewals = 0;
    const end = (await open()).keepFresh(
      async () => {
        renewals += 1;
        if (renewals === 1) throw new Error('no room');
      },
      (line) => said.push(line),
    );
    await vi.advanceTimersByTimeAsync(23 * 3_600_000);
    end();
    expect(renewals).toBe(2);
    expect(said.join()).toContain('no room');
  });
});
