import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Recorded } from '@voorman/envelope';
import { SqlExecutor, WorldExecutor } from '@voorman/executors';
import { type Postgres, startPostgres } from '@voorman/executors/testing';
import { encodeBundle, type PolicyEngine, WasmPolicyEngine } from '@voorman/policy';
import { compileRego, json, someParts } from '@voorman/policy/testing';
import { compileTool } from '@voorman/registry';
import { allowing, GatewaySession, manifest } from '@voorman/tool-gateway/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

/*
 * From a bot's wish to rows in a real PostgreSQL: the gateway asks policy what the statement means, the executor sends it.
 */
const ONLY_SELECTS = `package p

default decision := {"allow": false}

decision := {"allow": true} if {
	input.tool_name == "database_query"
	input.query_type == "SELECT"
}
`;
const ORDERS = 10;
let db: Postgres;
let executor: SqlExecutor;
let onlySelects: PolicyEngine;
let folder: string;
beforeAll(async () => {
  db = await startPostgres();
  await db.query(`
    CREATE TABLE orders (id int, text text);
    CREATE SEQUENCE numbers;
    CREATE FUNCTION archive() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM orders; RETURN 1; END $$;
    CREATE PROCEDURE purge() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM orders; END $$;
    CREATE PROCEDURE fill() LANGUAGE sql AS $$
      DELETE FROM orders; INSERT INTO orders SELECT n, 'order' FROM generate_series(1, ${ORDERS}) n $$;
    CALL fill()`);
  executor = new SqlExecutor({ secrets: { read: async () => db.address } });
  const wasm = await compileRego(ONLY_SELECTS, 'p/decision');
  const parts = someParts({ wasm, data: json({}), entrypoints: [{ rule: 'p/decision' }] });
  onlySelects = await WasmPolicyEngine.load(encodeBundle(parts));
  folder = await mkdtemp(join(tmpdir(), 'voorman-hidden-writes-'));
});
afterAll(async () => {
  await executor?.stop();
  await db?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** One call, from the bot to the database; what the bot was told. */
async function query(sql: string, access: 'read' | 'write', policy: PolicyEngine): Promise<Recorded | undefined> {
  const schema = { input: { sql: 'string' }, output: { rows: 'array', row_count: 'integer' } };
  const session = new GatewaySession();
  session.tools.set(
    'database_query',
    compileTool(
      manifest({
        ...{ name: 'database_query', type: 'sql', command: undefined, connection: { env: 'DB' }, schema, access },
        retry: { max_attempts: 1 },
      }),
    ),
  );
  const world = new WorldExecutor({ sql: executor });
  await session.gateway(() => Promise.reject(new Error('unused')), { policy, executor: world });
  await session.request('c1', 'database_query', { sql });
  return (await session.answers()).at(-1);
}

/** Everything that a statement could have changed. */
async function world(): Promise<unknown> {
  const [counted] = await db.query("SELECT count(*)::int AS orders FROM orders WHERE text = 'order'");
  const [tables] = await db.query("SELECT count(*)::int AS tables FROM pg_class WHERE relkind IN ('r', 'S', 'm')");
  const [numbers] = await db.query('SELECT is_called FROM numbers');
  const [roles] = await db.query('SELECT count(*)::int AS roles FROM pg_roles');
  return { ...counted, ...tables, ...numbers, ...roles, isFileThere: existsSync(join(folder, 'owned')) };
}
let before: unknown;
beforeAll(async () => {
  before = await world();
});
afterEach(() => db.query('CALL fill()'));

const HIDDEN: [how: string, sql: string][] = [
  ['a CTE', 'WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone'],
  ['a CTE that nothing reads', 'WITH gone AS (DELETE FROM orders) SELECT 1'],
  ['a CTE in a subquery', 'SELECT (SELECT count(*) FROM (WITH x AS (SELECT 1) SELECT * FROM x) y), archive()'],
  ['a CTE of a CTE', "WITH a AS (WITH b AS (UPDATE orders SET text = 'x' RETURNING id) SELECT * FROM b) TABLE a"],
  ['a function', 'SELECT archive()'],
  ['a function in a condition', 'SELECT 1 WHERE archive() = 1'],
  ['a function in the order of rows', 'SELECT id FROM orders ORDER BY archive()'],
  ['a function as a table', 'SELECT * FROM archive()'],
  ['a function in quotes', 'SELECT "archive"()'],
  ['a function in escapes', 'SELECT U&"\\0061rchive"()'],
  ['a function that is called as a column', 'SELECT public.archive()'],
  ['a function that runs text', "SELECT query_to_xml('DELETE FROM orders', true, true, '')"],
  ['a procedure', 'CALL purge()'],
  ['a sequence', "SELECT nextval('numbers')"],
  ['a setting', "SELECT set_config('transaction_read_only', 'off', false)"],
  ['a large object', "SELECT lo_from_bytea(0, 'x')"],
  ['a file of the server', "SELECT lo_export(1, '{folder}/owned')"],
  ['COPY into a program', "COPY orders TO PROGRAM 'touch {folder}/owned'"],
  ['COPY into a file', "COPY (SELECT 1) TO '{folder}/owned'"],
  ['COPY from a program', "COPY orders FROM PROGRAM 'touch {folder}/owned; echo 1'"],
  ['a second statement', 'SELECT 1; DELETE FROM orders'],
  ['a second statement behind a comment', 'SELECT 1 /* ; */ ; -- harmless\nDELETE FROM orders'],
  ['a second statement in a nested comment', 'SELECT 1 /* /* */ ; */ ; DELETE FROM orders --'],
  ['a second statement behind a NUL', 'SELECT 1 \0; DELETE FROM orders'],
  ['a second statement behind a quote', "SELECT '\\'; DELETE FROM orders; --'"],
  ['a second statement behind a dollar', 'SELECT $a$ $b$ $a$; DELETE FROM orders; --$b$'],
  ['the end of the transaction', 'COMMIT; DELETE FROM orders'],
  ['the end of the transaction alone', 'ROLLBACK'],
  ['a comment before the write', '/* SELECT */ DELETE FROM orders'],
  ['a comment within the write', 'DEL/**/ETE FROM orders; DELETE/* SELECT */FROM orders'],
  ['a comment of one line', '-- SELECT 1\rDELETE FROM orders'],
  ['an explanation that runs it', 'EXPLAIN ANALYZE DELETE FROM orders'],
  ['an explanation with options', 'EXPLAIN (ANALYZE true, FORMAT JSON) DELETE FROM orders'],
  ['a new table', 'SELECT * INTO stolen FROM orders'],
  ['a new table from a query', 'CREATE TABLE stolen AS SELECT * FROM orders'],
  ['a lock', 'SELECT * FROM orders FOR UPDATE'],
  ['a block of code', 'DO $$ BEGIN DELETE FROM orders; END $$'],
  ['a prepared statement', 'PREPARE x AS DELETE FROM orders'],
  ['a merge', 'MERGE INTO orders USING (VALUES (1)) v(id) ON true WHEN MATCHED THEN DELETE'],
  ['a grant', 'CREATE ROLE owner SUPERUSER'],
  ['the settings of the session', 'SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE'],
  ['a file that is read as rows', "COPY orders FROM '/etc/passwd'"],
  ['a truncation', 'TRUNCATE orders'],
  ['letters that only look like others', 'ＤＥＬＥＴＥ FROM orders'],
];
const filled = (sql: string) => sql.replaceAll('{folder}', folder);

describe('an attack by SQL that hides a write', () => {
  it.each(HIDDEN)(
    'in a tool that reads, under a policy that allows everything, changes nothing by %s',
    async (_, sql) => {
      const told = await query(filled(sql), 'read', allowing);
      expect(await world()).toEqual(before);
      expect(JSON.stringify(told)).toMatch(/"code":"sql\//);
    },
  );

  it.each(HIDDEN)(
    'in a tool that may write, under a policy that allows SELECT, changes nothing by %s',
    async (_, sql) => {
      const told = await query(filled(sql), 'write', onlySelects);
      expect(await world()).toEqual(before);
      expect(JSON.stringify(told)).toMatch(/"code":"(?:sql|policy)\//);
    },
  );

  it('is told apart from a query that only reads, and from a write that is allowed', async () => {
    const reading = await query('SELECT count(*)::int AS n FROM orders', 'write', onlySelects);
    expect(reading).toMatchObject({ payload: { output: { rows: [{ n: ORDERS }] } } });
    expect(await query('DELETE FROM orders', 'write', allowing)).toMatchObject({
      payload: { output: { row_count: ORDERS } },
    });
    expect(await world()).not.toEqual(before);
  });
});
