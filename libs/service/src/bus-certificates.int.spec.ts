import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { connectLog } from '@voorman/log/jetstream';
import { startTestServer, type TestServer } from '@voorman/log/testing';
import { LocalAuthority } from '@voorman/pki/authorities';
import { CertificateFiles, type CertificatePaths } from '@voorman/pki/files';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
let files: CertificateFiles;
let foreign: CertificateFiles;
let server: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-bus-'));
  files = new CertificateFiles(await LocalAuthority.open(join(folder, 'pki')), join(folder, 'bus'));
  foreign = new CertificateFiles(await LocalAuthority.open(join(folder, 'other-pki')), join(folder, 'other'));
  const tls = await files.renewServer('nats-server', ['localhost', '127.0.0.1']);
  // Streams are made over a connection of its own, which this spec does not need.
  server = await startTestServer({ provision: false, config: (options) => ({ ...options, tls }) });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});
const connecting = (tls?: CertificatePaths) =>
  connectLog({
    servers: [server.url],
    name: 'tool-gateway',
    credentials: server.credentialsFor('tool-gateway'),
    connectWithinMs: 1_000,
    ...(tls === undefined ? {} : { tls }),
  });

/** The number of the certificate that the server shows, which speaks first and encrypts then. */
async function serialShown({ certFile, caFile }: CertificatePaths): Promise<string> {
  const { hostname, port } = new URL(server.url);
  const socket = connectTcp(Number(port), hostname);
  await once(socket, 'data');
  const [pem, ca] = await Promise.all([readFile(certFile), readFile(caFile)]);
  const encrypted = connectTls({ socket, cert: pem, key: pem, ca, servername: 'localhost' });
  await once(encrypted, 'secureConnect');
  const { serialNumber } = encrypted.getPeerCertificate();
  encrypted.destroy();
  return serialNumber;
}

describe('a bus that is served with mTLS', () => {
  it('takes a service that shows a certificate of the same authority', async () => {
    const connection = await connecting(await files.renewMember('tool-gateway'));
    expect(connection.health()).toMatchObject({ connected: true });
    await connection.close();
  });

  it('refuses whoever shows none, whatever else is right', async () => {
    await expect(connecting()).rejects.toMatchObject({ code: 'log/unavailable' });
    const { caFile } = await files.renewMember('tool-gateway');
    const none = connecting({ caFile } as CertificatePaths);
    await expect(none).rejects.toMatchObject({ code: 'log/unavailable' });
  });

  it('refuses whoever shows one of another authority', async () => {
    const own = await files.renewMember('tool-gateway');
    const stranger = { ...(await foreign.renewMember('tool-gateway')), caFile: own.caFile };
    await expect(connecting(stranger)).rejects.toMatchObject({ code: 'log/unavailable' });
  });

  it('is not believed by a service that trusts another authority', async () => {
    const own = await files.renewMember('tool-gateway');
    const { caFile } = await foreign.renewMember('tool-gateway');
    await expect(connecting({ ...own, caFile })).rejects.toMatchObject({ code: 'log/unavailable' });
  });

  it('says nothing but its greeting without encryption', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connectTcp(Number(port), hostname);
    let heard = '';
    socket.on('data', (part) => {
      heard += part;
    });
    socket.on('error', () => undefined);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.write('CONNECT {"verbose":true}\r\nPING\r\n');
    await ended;
    expect(heard).toMatch(/^INFO /);
    expect(heard).toContain('"tls_required":true');
    expect(heard).not.toContain('PONG');
  });

  it('takes up a renewed certificate while it runs', async () => {
    const member = await files.renewMember('tool-gateway');
    const connection = await connecting(member);
    const before = await serialShown(member);
    await files.renewServer('nats-server', ['localhost', '127.0.0.1']);
    await files.renewMember('tool-gateway');
    await server.reload(server.topology);
    const another = await connecting(member);
    expect(connection.health()).toMatchObject({ connected: true });
    expect(await serialShown(member)).not.toBe(before);
    await Promise.all([connection.close(), another.close()]);
  });
});
