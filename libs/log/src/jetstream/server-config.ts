import { join } from 'node:path';

/** The servers that carry one log together. */
export interface ClusterConfig {
  readonly name: string;
  /** Where this server listens for the others. */
  readonly port: number;
  /** `nats://host:port` of every server's cluster port; its own may be among them. */
  readonly routes: readonly string[];
}

/** What a server is started with. */
export interface ServerConfigOptions {
  /** Absolute. Streams lie in `nats/`, the ports file in `run/`, the server's own log in `logs/`. */
  readonly dataDir: string;
  /** Unique within a cluster. Default `voorman`. */
  readonly serverName?: string;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /**
   * -1 (default) is a free port. At the next start give the one that was found: clients reconnect to the address they
   * know. For a reload give what the process was started with, -1 too: it refuses any other.
   */
  readonly port?: number;
  /** Monitoring, always on the loopback since it has no login. -1 (default) is a free port. */
  readonly monitorPort?: number;
  /**
   * True: what is acknowledged is on disk, and survives the machine's death. False: it is written through every two
   * minutes, survives the server's death, and is lost with the machine.
   */
  readonly syncAlways: boolean;
  /** From `natsAccounts`. */
  readonly accounts: string;
  /** What all streams together may reserve. Bytes. Default 100 GiB. */
  readonly maxFileStoreBytes?: number;
  readonly cluster?: ClusterConfig;
  /** Where clients have to show a certificate. Default: the bus is not encrypted. */
  readonly tls?: TlsFiles;
}

/** What one side of a connection shows and what it accepts, as paths of files in PEM. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Authorities of the other side's certificate. */
  readonly caFile: string;
}

const DEFAULT_MAX_FILE_STORE_BYTES = 100 * 2 ** 30;

/** Where a server leaves the addresses that it found, as `nats-server_<pid>.ports`. */
export const portsFolder = (dataDir: string): string => join(dataDir, 'run');
/** Where a server writes its own log. */
export const serverLogFile = (dataDir: string): string => join(dataDir, 'logs', 'nats-server.log');

/** The whole configuration file of a nats-server that carries the log. */
export function serverConfig(options: ServerConfigOptions): string {
  const { dataDir, host = '127.0.0.1', port = -1, monitorPort = -1, cluster, tls } = options;
  const settings: [name: string, value: unknown][] = [
    ['server_name', options.serverName ?? 'voorman'],
    ['listen', `${host}:${port}`],
    ['http', `127.0.0.1:${monitorPort}`],
    ['ports_file_dir', portsFolder(dataDir)],
    ['log_file', serverLogFile(dataDir)],
    ['log_size_limit', 10 * 2 ** 20],
    ['log_max_num', 3],
    ['max_payload', 2 ** 20],
    // Otherwise acknowledgements go to subjects that the permissions do not name.
    ['feature_flags', { js_ack_fc_v2: false }],
    [
      'jetstream',
      {
        store_dir: join(dataDir, 'nats'),
        sync_interval: options.syncAlways ? 'always' : '2m',
        // Left out, it would be three quarters of the disk that is free at the moment.
        max_file_store: options.maxFileStoreBytes ?? DEFAULT_MAX_FILE_STORE_BYTES,
        max_memory_store: 256 * 2 ** 20,
        limits: {
          batch: { max_inflight_per_stream: 50, max_inflight_total: 1000, max_msgs: 1000, timeout: '10s' },
        },
      },
    ],
    ['lame_duck_duration', '30s'],
    ['lame_duck_grace_period', '5s'],
    ...(cluster === undefined ? [] : [clusterSetting(cluster, host)]),
    ...(tls === undefined ? [] : [tlsSetting(tls)]),
  ];
  // The server's configuration language reads JSON as it is.
  return `${settings.map(([name, value]) => `${name}: ${JSON.stringify(value, null, 2)}`).join('\n')}\n${options.accounts}`;
}

const clusterSetting = (cluster: ClusterConfig, host: string): [string, unknown] => [
  'cluster',
  { name: cluster.name, listen: `${host}:${cluster.port}`, routes: cluster.routes },
];

/** Nobody without a certificate of this authority gets as far as showing a user. */
const tlsSetting = ({ certFile, keyFile, caFile }: TlsFiles): [string, unknown] => [
  'tls',
  { cert_file: certFile, key_file: keyFile, ca_file: caFile, verify: true, min_version: '1.3', timeout: 5 },
];
