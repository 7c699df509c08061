import type { Executed, Limits } from '../executor.js';
import type { SqlManifest } from '../sql/sql-call.js';
import { SqlExecutor } from '../sql/sql-executor.js';
import { cutAfter } from './cut-connection.js';
import { type Postgres, startPostgres } from './postgres.js';
import { attemptOf, loadedTool } from './tool-call.js';

/** A thousand orders, half of them in `eu`; a secret; notes to write; and what a careless administrator leaves about. */
const TABLES = `
    CREATE TABLE orders (id int PRIMARY KEY, region text NOT NULL, total numeric, at timestamptz, UNIQUE (id, region));
    INSERT INTO orders SELECT n, CASE WHEN n % 2 = 0 THEN 'eu' ELSE 'us' END, n * 1.10, '2026-03-01T10:00:00.123456Z'
      FROM generate_series(1, 1000) n;
    CREATE TABLE secrets (word text); INSERT INTO secrets VALUES ('swordfish');
    CREATE TABLE notes (id int, text text);
    CREATE SEQUENCE s;
    CREATE FUNCTION sneaky() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM orders; RETURN 1; END $$;
    CREATE SCHEMA evil; CREATE TABLE evil.orders AS SELECT 1 AS id, 'evil' AS region;
    CREATE ROLE reader LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO reader; GRANT ALL ON SEQUENCE s TO reader;
    CREATE ROLE odd LOGIN SUPERUSER;
    ALTER ROLE odd SET search_path = evil, public; ALTER ROLE odd SET standard_conforming_strings = off`;

interface Asking {
  readonly params?: readonly unknown[];
  /** Fields of the manifest that differ. */
  readonly more?: Record<string, unknown>;
  readonly limits?: Limits;
  /** Where the tool believes its database to be. */
  readonly address?: string;
  readonly signal?: AbortSignal;
}

/** A tool that queries a database, as its gateway would load it. */
export const sqlTool = (more: Record<string, unknown> = {}): SqlManifest => {
  const schema = { input: { sql: 'string', 'params?': 'array' }, output: { rows: 'array', row_count: 'integer' } };
  return loadedTool('sql', { name: 'db', connection: { env: 'DB' }, schema, ...more });
};

/** A real PostgreSQL server with tables in it, and the executor that queries it. */
export class SqlWorld {
  readonly #ends: (() => unknown)[] = [];
  #db: Postgres | undefined;

  /** The server, for looks past the executor. */
  get db(): Postgres {
    if (this.#db === undefined) throw new Error('The server has not started.');
    return this.#db;
  }

  async open(): Promise<void> {
    this.#db = await startPostgres();
    await this.db.query(TABLES);
  }

  /** Ends what one test began. */
  async clear(): Promise<void> {
    for (const end of this.#ends.splice(0)) await end();
  }

  async close(): Promise<void> {
    await this.#db?.stop();
  }

  executorOn(address: string): SqlExecutor {
    const executor = new SqlExecutor({ secrets: { read: async () => address } });
    this.#ends.push(() => executor.stop());
    return executor;
  }

  /** One statement, by a tool that reads unless its manifest says otherwise. */
  ask(sql: string, { params = [], more = {}, limits = {}, address, signal }: Asking = {}): Promise<Executed> {
    const tool = sqlTool(more);
    const attempt = attemptOf(tool, { sql, params } as never, { limits, ...(signal === undefined ? {} : { signal }) });
    return this.executorOn(address ?? this.db.address).execute(tool, attempt);
  }

  async count(table: string): Promise<number> {
    return Number((await this.db.query(`SELECT count(*) AS n FROM ${table}`))[0]?.n);
  }

  /** A way to the server that is cut behind the bytes that `isLast` is true of. */
  async cutting(isLast: (bytes: Buffer) => boolean): Promise<{ readonly address: string }> {
    const way = await cutAfter(this.db.port, isLast);
    this.#ends.push(() => way.stop());
    return { address: `postgresql://reader@127.0.0.1:${way.port}/postgres` };
  }
}

/** The rows of an answer; of any other outcome its fault. */
export const rowsOf = (executed: Executed): unknown =>
  executed.kind === 'output' ? executed.output.rows : executed.fault;
