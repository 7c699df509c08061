import { describe, expect, it } from 'vitest';
import { type ServerConfigOptions, serverConfig } from './server-config.js';

const options: ServerConfigOptions = { dataDir: '/data/a "b"', syncAlways: true, accounts: 'accounts: {}\n' };

/** Every setting as it stands in the file. */
function settings(text: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const part of text.split(/\n(?=\w+: )/)) {
    const [name = '', ...value] = part.split(': ');
    found[name] = JSON.parse(value.join(': '));
  }
  return found;
}

describe('a server’s configuration', () => {
  it('finds free ports on the loopback, and keeps those that were found', () => {
    expect(settings(serverConfig(options))).toMatchObject({ listen: '127.0.0.1:-1', http: '127.0.0.1:-1' });
    const again = settings(serverConfig({ ...options, port: 4222, monitorPort: 8222 }));
    expect(again).toMatchObject({ listen: '127.0.0.1:4222', http: '127.0.0.1:8222' });
  });

  it('shows its monitoring to this machine alone, wherever it listens', () => {
    const open = settings(serverConfig({ ...options, host: '0.0.0.0', port: 4222 }));
    expect(open).toMatchObject({ listen: '0.0.0.0:4222', http: '127.0.0.1:-1' });
  });

  it.each([
    [true, 'always'],
    [false, '2m'],
  ])('with syncAlways %s writes through: %s', (syncAlways, sync_interval) => {
    expect(settings(serverConfig({ ...options, syncAlways })).jetstream).toMatchObject({ sync_interval });
  });

  it('says how much all streams may reserve', () => {
    const { jetstream } = settings(serverConfig({ ...options, maxFileStoreBytes: 5_000 }));
    expect(jetstream).toMatchObject({ max_file_store: 5_000 });
  });

  it('asks every client for a certificate where it has one of its own, and for none otherwise', () => {
    const tls = { certFile: '/k/server.pem', keyFile: '/k/server.pem', caFile: '/k/ca.crt' };
    expect(settings(serverConfig({ ...options, tls })).tls).toMatchObject({
      cert_file: '/k/server.pem',
      key_file: '/k/server.pem',
      ca_file: '/k/ca.crt',
      verify: true,
      min_version: '1.3',
    });
    expect(settings(serverConfig(options))).not.toHaveProperty('tls');
  });

  it('pins the form of acknowledgements that the permissions know', () => {
    expect(settings(serverConfig(options)).feature_flags).toEqual({ js_ack_fc_v2: false });
  });

  it('keeps everything in its data folder, whatever that is called', () => {
    expect(settings(serverConfig(options))).toMatchObject({
      ports_file_dir: '/data/a "b"/run',
      log_file: '/data/a "b"/logs/nats-server.log',
      jetstream: { store_dir: '/data/a "b"/nats' },
    });
  });

  it('knows the other servers of a cluster, and none where there is no cluster', () => {
    expect(settings(serverConfig(options)).cluster).toBeUndefined();
    const cluster = { name: 'voorman', port: 6222, routes: ['nats://n1:6222'] };
    expect(settings(serverConfig({ ...options, cluster })).cluster).toEqual({
      name: 'voorman',
      listen: '127.0.0.1:6222',
      routes: ['nats://n1:6222'],
    });
  });
});
