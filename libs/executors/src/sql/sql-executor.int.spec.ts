import { compileTool, ToolManifest } from '@voorman/registry';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Executed, Limits } from '../executor.js';
import { cutAfter } from '../testing/cut-connection.js';
import { type Postgres, startPostgres } from '../testing/postgres.js';
import type { SqlManifest } from './sql-call.js';
import { SqlExecutor } from './sql-executor.js';

let db: Postgres;
const heard: unknown[] = [];
const ends: (() => unknown)[] = [];
beforeAll(async () => {
  db = await startPostgres();
  await db.query(`
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
    ALTER ROLE odd SET search_path = evil, public; ALTER ROLE odd SET standard_conforming_strings = off`);
});
afterEach(async () => {
  heard.length = 0;
  for (const end of ends.splice(0)) await end();
});
afterAll(() => db.stop());

function tool(more: Record<string, unknown> = {}): SqlManifest {
  const schema = { input: { sql: 'string', 'params?': 'array' }, output: { rows: 'array', row_count: 'integer' } };
  const written = { name: 'db', version: '1.0.0', type: 'sql', connection: { env: 'DB' }, schema, ...more };
  return { ...ToolManifest.parse(written), file: '', folder: '' } as SqlManifest;
}
const executorOn = (address: string) => {
  const executor = new SqlExecutor({
    secrets: { read: async () => address },
    report: (_tool, fault) => heard.push(fault),
  });
  ends.push(() => executor.stop());
  return executor;
};
const ask = (
  sql: string,
  {
    params = [] as unknown[],
    more = {},
    limits = {} as Limits,
    address = db.address,
    signal = new AbortController().signal,
  } = {},
): Promise<Executed> => {
  const manifest = tool(more);
  return executorOn(address).execute(manifest, {
    tool: compileTool(manifest),
    arguments: { sql, params } as never,
    key: 'k',
    attempt: 1,
    caller: { tenant: 'default', session: 's', agent: 'a' },
    limits,
    signal,
  });
};
const rowsOf = (executed: Executed) => (executed.kind === 'output' ? executed.output.rows : executed.fault);
const count = async (table: string) => Number((await db.query(`SELECT count(*) AS n FROM ${table}`))[0]?.n);

describe('a query', () => {
  it('takes its values as parameters, never as text', async () => {
    const word = "x'; DELETE FROM orders; --";
    expect(
      rowsOf(
        await ask('SELECT $1::text AS a, $2::int AS b, $3::jsonb AS c, 2 = ANY($4::int[]) AS d', {
          params: [word, 7, { k: [1] }, [1, 2]],
        }),
      ),
    ).toEqual([{ a: word, b: 7, c: { k: [1] }, d: true }]);
  });

  it('gives values as JSON: exact, with times in UTC, and columns of one name apart', async () => {
    const sql = `SELECT 9007199254740993::int8 AS big, 12::int8 AS small, 1.10::numeric AS a, 0.5::numeric AS b, 'NaN'::float8 AS c,
      1e300::float8 AS d, '\\x00ff'::bytea AS bytes, '2026-03-01'::date AS day, '2026-03-01 10:00:00.123456+02'::timestamptz AS at,
      '2026-03-01 10:00'::timestamp AS local, '1 day 2 hours'::interval AS took, true AS yes, NULL AS nothing,
      ARRAY[1, 2] AS list, ARRAY[9007199254740993, 1]::int8[] AS bigs, '{"x": [1, null]}'::jsonb AS json, 1 AS same, 2 AS same,
      'ünï 😀' AS "__proto__"`;
    const rows = rowsOf(await ask(sql));
    expect(JSON.parse(JSON.stringify(rows))).toEqual(
      JSON.parse(`[{"big": "9007199254740993", "small": 12, "a": "1.10", "b": 0.5, "c": "NaN", "d": 1e300, "bytes": "AP8=",
      "day": "2026-03-01", "at": "2026-03-01T08:00:00.123456Z", "local": "2026-03-01T10:00:00", "took": "P1DT2H", "yes": true,
      "nothing": null, "list": [1, 2], "bigs": ["9007199254740993", 1], "json": {"x": [1, null]}, "same": 1, "same_2": 2,
      "__proto__": "ünï 😀"}]`),
    );
  });

  it('is cut at the rows of the manifest or of policy, the fewer, and says so', async () => {
    const all = await ask('SELECT id FROM orders ORDER BY id', { more: { max_rows: 700 } });
    expect(all).toMatchObject({
      output: { row_count: 700, truncated: true },
      note: 'Cut at 700 rows: there are more.',
    });
    const few = await ask('SELECT id FROM orders', { more: { max_rows: 700 }, limits: { maxRows: 3 } });
    expect(few).toMatchObject({ output: { row_count: 3, truncated: true } });
    const exact = await ask('SELECT id FROM orders', { more: { max_rows: 1_000 } });
    expect(exact).toMatchObject({ output: { row_count: 1_000, truncated: false } });
    expect(exact).not.toHaveProperty('note');
  });

  it('is cut at the bytes of the manifest, and says so', async () => {
    const executed = await ask("SELECT repeat('x', 1000) AS x FROM orders", { more: { max_bytes: 10_000 } });
    expect(executed).toMatchObject({
      output: { row_count: 9, truncated: true },
      note: expect.stringContaining('10000 bytes'),
    });
  });

  it('reads no further than it hands on, whatever the query would give', async () => {
    const before = process.memoryUsage().rss;
    const executed = await ask("SELECT repeat('x', 100000) AS x FROM orders a, orders b, orders c", {
      more: { max_rows: 5 },
    });
    expect(executed).toMatchObject({ output: { row_count: 5 } });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });

  it('ends at a single row that is far too large, and the next call works', async () => {
    const executed = await ask("SELECT repeat('x', 60000000) AS x");
    expect(executed).toMatchObject({ kind: 'fault', fault: { code: 'sql/too-large' }, retryable: false });
    expect(rowsOf(await ask('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  });

  it('that never ends is ended by the server when its time is up', async () => {
    const executed = await ask('SELECT count(*) FROM generate_series(1, 1000000000000)', { more: { timeout_ms: 300 } });
    expect(executed).toMatchObject({ kind: 'fault', fault: { code: 'tool/timeout' }, retryable: true });
    await expect.poll(busy).toBe(0);
  });

  it('is stopped at the server when its session is cancelled', async () => {
    const end = new AbortController();
    const asked = ask('SELECT count(*) FROM generate_series(1, 1000000000000)', { signal: end.signal });
    await expect.poll(busy, { timeout: 5_000 }).toBe(1);
    end.abort();
    expect(await asked).toMatchObject({ kind: 'fault', fault: { code: 'session/cancelled' }, retryable: false });
    await expect.poll(busy).toBe(0);
  });

  it('tells the bot what PostgreSQL says, and neither rows nor addresses', async () => {
    const wrong = await ask('SELECT nothing FROM orders');
    expect(wrong).toMatchObject({
      kind: 'fault',
      fault: { code: 'sql/failed', message: expect.stringContaining('"nothing" does not exist') },
      retryable: false,
    });
    const away = await ask('SELECT 1', { address: 'postgresql://app:hunter2@127.0.0.1:1/x' });
    expect(away).toMatchObject({ kind: 'fault', fault: { code: 'tool/unreachable' }, retryable: true });
    expect(JSON.stringify([wrong, away])).not.toMatch(/hunter2|127\.0\.0\.1/);
  });

  it('is explained without being run', async () => {
    expect(JSON.stringify(rowsOf(await ask('EXPLAIN SELECT * FROM orders')))).toContain('Seq Scan');
  });
});

const busy = async (): Promise<number> =>
  Number(
    (
      await db.query(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%generate_series%' AND pid <> pg_backend_pid()",
      )
    )[0]?.n,
  );

describe('a tool that reads', () => {
  it.each([
    ['DELETE FROM orders', 'sql/read-only'],
    ['CALL sneaky()', 'sql/read-only'],
    ['SELECT * INTO copy FROM orders', 'sql/refused'],
    ['SELECT 1; DELETE FROM orders', 'sql/unreadable'],
    ['SELECT sneaky()', 'sql/function-not-allowed'],
  ])('does not run %s', async (sql, code) => {
    expect(await ask(sql)).toMatchObject({ kind: 'fault', fault: { code }, retryable: false });
    expect(await count('orders')).toBe(1_000);
  });

  it('is held to reading by the server, too, where a function that the manifest allows writes', async () => {
    const executed = await ask('SELECT sneaky()', { more: { functions: ['sneaky'] } });
    expect(executed).toMatchObject({
      kind: 'fault',
      fault: { code: 'sql/failed', message: expect.stringContaining('read-only') },
    });
    expect(await count('orders')).toBe(1_000);
  });

  it('reads the same under the rules of an odd role: its quotes and its search path are not used', async () => {
    const address = db.address.replace('voorman@', 'odd@');
    expect(rowsOf(await ask('SELECT region FROM orders WHERE id = 2', { address }))).toEqual([{ region: 'eu' }]);
    const tricky = String.raw`SELECT '\' AS a, ' FROM secrets --' AS b`;
    expect(rowsOf(await ask(tricky, { address }))).toEqual([{ a: '\\', b: ' FROM secrets --' }]);
  });

  it('touches the tables of its manifest only', async () => {
    const more = { tables: ['orders', 'sales.*'] };
    expect(await ask('SELECT 1 FROM public.orders a, "orders" b', { more })).toMatchObject({ kind: 'output' });
    for (const sql of [
      'SELECT * FROM secrets',
      'SELECT * FROM orders WHERE EXISTS (TABLE secrets)',
      'SELECT * FROM evil.orders',
      'TABLE pg_authid',
      'WITH orders AS (TABLE secrets) TABLE orders',
    ]) {
      expect(await ask(sql, { more })).toMatchObject({ fault: { code: 'sql/table-not-allowed' } });
    }
  });

  it('leaves nothing behind for the next call on its connection', async () => {
    const executor = executorOn(db.address);
    const call = (sql: string) =>
      executor.execute(tool(), { arguments: { sql }, signal: new AbortController().signal } as never);
    const pids = new Set();
    for (const sql of ['SELECT nothing', 'SELECT 1', 'SELECT id FROM orders']) {
      await call(sql);
      pids.add(JSON.stringify(rowsOf(await call("SELECT current_setting('x.y', true)"))));
    }
    expect(
      await db.query(
        "SELECT state FROM pg_stat_activity WHERE application_name = 'voorman' AND state LIKE '%transaction%'",
      ),
    ).toEqual([]);
    expect(
      await db.query("SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'voorman'"),
    ).toEqual([{ n: 1 }]);
  });
});

describe('a condition of policy', () => {
  const limits: Limits = { conditions: [{ table: 'orders', where: "region = 'eu'" }] };

  it('binds every reading of its table', async () => {
    expect(rowsOf(await ask('SELECT count(*)::int AS n FROM orders', { limits }))).toEqual([{ n: 500 }]);
    const sql = `WITH x AS (SELECT * FROM orders) SELECT region, count(*)::int AS n FROM x WHERE id IN (SELECT id FROM public.orders)
      OR true GROUP BY 1 UNION ALL SELECT region, 1 FROM orders WHERE id < 3`;
    expect(rowsOf(await ask(sql, { limits }))).toEqual([
      { region: 'eu', n: 500 },
      { region: 'eu', n: 1 },
    ]);
  });

  it('binds what is written, and refuses what it cannot bind', async () => {
    await db.query(
      "CREATE TABLE parts (id int, region text) PARTITION BY LIST (region); CREATE TABLE p1 PARTITION OF parts FOR VALUES IN ('eu'); CREATE TABLE p2 PARTITION OF parts FOR VALUES IN ('us'); INSERT INTO parts VALUES (1, 'eu'), (1, 'us')",
    );
    const more = { access: 'write' };
    const on = { conditions: [{ table: 'parts', where: "region = 'eu'" }] };
    expect(await ask('UPDATE parts SET id = 2', { more, limits: on })).toMatchObject({ output: { row_count: 1 } });
    expect(await db.query('SELECT id, region FROM parts ORDER BY 1')).toEqual([
      { id: 1, region: 'us' },
      { id: 2, region: 'eu' },
    ]);
    expect(await ask('DELETE FROM parts', { more, limits: on })).toMatchObject({ output: { row_count: 1 } });
    expect(await ask("INSERT INTO parts VALUES (3, 'us')", { more, limits: on })).toMatchObject({
      fault: { code: 'sql/condition-not-kept' },
    });
  });

  it('that nobody can read lets nothing through', async () => {
    const broken = { conditions: [{ table: 'orders', where: 'true) OR (true' }] };
    expect(await ask('SELECT 1 FROM orders', { limits: broken })).toMatchObject({
      fault: { code: 'sql/condition-not-kept' },
    });
  });
});

describe('a tool that writes', () => {
  const more = { access: 'write' };

  it('changes rows, says how many, and gives what it returns', async () => {
    expect(await ask("INSERT INTO notes VALUES (1, 'a'), (2, 'b')", { more })).toMatchObject({
      output: { rows: [], row_count: 2 },
    });
    expect(
      await ask('UPDATE notes SET text = $1 WHERE id = $2 RETURNING id, text', { more, params: ['c', 1] }),
    ).toMatchObject({
      output: { rows: [{ id: 1, text: 'c' }], row_count: 1 },
    });
  });

  it('says how many rows it changed, also where it returns more than one lot of them', async () => {
    const sql = 'INSERT INTO notes SELECT n FROM generate_series(100, 1299) n RETURNING id';
    expect(await ask(sql, { more: { ...more, max_rows: 5_000 } })).toMatchObject({
      output: { row_count: 1_200, truncated: false },
    });
    expect(await ask('DELETE FROM notes WHERE id >= 100 RETURNING id', { more, limits: { maxRows: 1 } })).toMatchObject(
      {
        output: { rows: [{}], truncated: true },
      },
    );
    expect(await count('notes WHERE id >= 100')).toBe(0);
  });

  it('changes nothing where its statement fails', async () => {
    const executed = await ask('INSERT INTO orders VALUES (5000, $1), (1, $1)', { more, params: ['eu'] });
    expect(executed).toMatchObject({ kind: 'fault', fault: { code: 'sql/failed' }, retryable: false });
    expect(JSON.stringify(executed)).not.toContain('Key (id)');
    expect(await count('orders WHERE id = 5000')).toBe(0);
  });

  it('runs a command only where its manifest holds it', async () => {
    expect(await ask('TRUNCATE notes', { more })).toMatchObject({ fault: { code: 'sql/refused' } });
    const statement = { ...more, statement: 'TRUNCATE notes', schema: { input: {}, output: {} } };
    expect(await ask('', { more: statement })).toMatchObject({ kind: 'output' });
  });

  it('takes the arguments that its manifest names as values of its statement', async () => {
    const statement = 'SELECT $1::text AS a, $2::int AS b';
    const manifest = { statement, parameters: ['params', 'absent'] };
    expect(rowsOf(await ask('', { more: manifest, params: ['x'] }))).toEqual([{ a: '{"x"}', b: null }]);
  });

  it('is tried again by others where the connection is lost before its end', async () => {
    const cut = await cutting(db.port, (bytes) => bytes.includes('INSERT INTO notes'));
    const executed = await ask("INSERT INTO notes VALUES (77, 'x')", { more, address: cut.address });
    expect(executed).toMatchObject({ kind: 'fault', fault: { code: 'tool/connection-lost' }, retryable: true });
    await expect.poll(() => count('notes WHERE id = 77')).toBe(0);
  });

  it('is in doubt where the connection is lost after COMMIT was sent', async () => {
    const cut = await cutting(db.port, (bytes) => bytes.includes('COMMIT'));
    const executed = await ask("INSERT INTO notes VALUES (78, 'x')", { more, address: cut.address });
    expect(executed).toMatchObject({ kind: 'unknown', fault: { code: 'tool/connection-lost' } });
    await expect.poll(() => count('notes WHERE id = 78')).toBe(1);
  });
});

async function cutting(port: number, isLast: (bytes: Buffer) => boolean): Promise<{ address: string }> {
  const way = await cutAfter(port, isLast);
  ends.push(() => way.stop());
  return { address: `postgresql://reader@127.0.0.1:${way.port}/postgres` };
}

describe('what a call means', () => {
  it('is its type and its tables, before anything is sent', async () => {
    const executor = executorOn('postgresql://nobody@127.0.0.1:1/x');
    expect(
      await executor.meaning(tool({ access: 'write' }), {
        sql: 'WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x, s.b',
      }),
    ).toEqual({
      query_type: 'DELETE',
      tables: ['public.a', 's.b'],
    });
    expect(await executor.meaning(tool(), { sql: 'nonsense' })).toMatchObject({ fault: { code: 'sql/unreadable' } });
    expect(await executor.meaning(tool(), {})).toMatchObject({ fault: { code: 'arguments/invalid' } });
  });
});
