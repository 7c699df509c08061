import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Limits } from '../executor.js';
import { rowsOf, SqlWorld, sqlTool } from '../testing/sql-world.js';

const world = new SqlWorld();
beforeAll(() => world.open());
afterEach(() => world.clear());
afterAll(() => world.close());

describe('a tool that reads', () => {
  it.each([
    ['DELETE FROM orders', 'sql/read-only'],
    ['CALL sneaky()', 'sql/read-only'],
    ['SELECT * INTO copy FROM orders', 'sql/refused'],
    ['SELECT 1; DELETE FROM orders', 'sql/unreadable'],
    ['SELECT sneaky()', 'sql/function-not-allowed'],
  ])('does not run %s', async (sql, code) => {
    expect(await world.ask(sql)).toMatchObject({ kind: 'fault', fault: { code }, retryable: false });
    expect(await world.count('orders')).toBe(1_000);
  });

  it('is held to reading by the server, too, where a function that the manifest allows writes', async () => {
    const executed = await world.ask('SELECT sneaky()', { more: { functions: ['sneaky'] } });
    expect(executed).toMatchObject({
      kind: 'fault',
      fault: { code: 'sql/failed', message: expect.stringContaining('read-only') },
    });
    expect(await world.count('orders')).toBe(1_000);
  });

  it('reads the same under the rules of an odd role: its quotes and its search path are not used', async () => {
    const address = world.db.address.replace('voorman@', 'odd@');
    expect(rowsOf(await world.ask('SELECT region FROM orders WHERE id = 2', { address }))).toEqual([{ region: 'eu' }]);
    const tricky = String.raw`SELECT '\' AS a, ' FROM secrets --' AS b`;
    expect(rowsOf(await world.ask(tricky, { address }))).toEqual([{ a: '\\', b: ' FROM secrets --' }]);
  });

  it('touches the tables of its manifest only', async () => {
    const more = { tables: ['orders', 'sales.*'] };
    expect(await world.ask('SELECT 1 FROM public.orders a, "orders" b', { more })).toMatchObject({ kind: 'output' });
    for (const sql of [
      'SELECT * FROM secrets',
      'SELECT * FROM orders WHERE EXISTS (TABLE secrets)',
      'SELECT * FROM evil.orders',
      'TABLE pg_authid',
      'WITH orders AS (TABLE secrets) TABLE orders',
    ]) {
      expect(await world.ask(sql, { more })).toMatchObject({ fault: { code: 'sql/table-not-allowed' } });
    }
  });

  it('leaves nothing behind for the next call on its connection', async () => {
    const executor = world.executorOn(world.db.address);
    const call = (sql: string) =>
      executor.execute(sqlTool(), { arguments: { sql }, signal: new AbortController().signal } as never);
    const pids = new Set();
    for (const sql of ['SELECT nothing', 'SELECT 1', 'SELECT id FROM orders']) {
      await call(sql);
      pids.add(JSON.stringify(rowsOf(await call("SELECT current_setting('x.y', true)"))));
    }
    expect(
      await world.db.query(
        "SELECT state FROM pg_stat_activity WHERE application_name = 'voorman' AND state LIKE '%transaction%'",
      ),
    ).toEqual([]);
    expect(
      await world.db.query("SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'voorman'"),
    ).toEqual([{ n: 1 }]);
  });
});

describe('a tool that writes', () => {
  const more = { access: 'write' };

  it('changes rows, says how many, and gives what it returns', async () => {
    expect(await world.ask("INSERT INTO notes VALUES (1, 'a'), (2, 'b')", { more })).toMatchObject({
      output: { rows: [], row_count: 2 },
    });
    expect(
      await world.ask('UPDATE notes SET text = $1 WHERE id = $2 RETURNING id, text', { more, params: ['c', 1] }),
    ).toMatchObject({
      output: { rows: [{ id: 1, text: 'c' }], row_count: 1 },
    });
  });

  it('says how many rows it changed, also where it returns more than one lot of them', async () => {
    const sql = 'INSERT INTO notes SELECT n FROM generate_series(100, 1299) n RETURNING id';
    expect(await world.ask(sql, { more: { ...more, max_rows: 5_000 } })).toMatchObject({
      output: { row_count: 1_200, truncated: false },
    });
    expect(
      await world.ask('DELETE FROM notes WHERE id >= 100 RETURNING id', { more, limits: { maxRows: 1 } }),
    ).toMatchObject({
      output: { rows: [{}], truncated: true },
    });
    expect(await world.count('notes WHERE id >= 100')).toBe(0);
  });

  it('changes nothing where its statement fails', async () => {
    const executed = await world.ask('INSERT INTO orders VALUES (5000, $1), (1, $1)', { more, params: ['eu'] });
    expect(executed).toMatchObject({ kind: 'fault', fault: { code: 'sql/failed' }, retryable: false });
    expect(JSON.stringify(executed)).not.toContain('Key (id)');
    expect(await world.count('orders WHERE id = 5000')).toBe(0);
  });

  it('runs a command only where its manifest holds it', async () => {
    expect(await world.ask('TRUNCATE notes', { more })).toMatchObject({ fault: { code: 'sql/refused' } });
    const statement = { ...more, statement: 'TRUNCATE notes', schema: { input: {}, output: {} } };
    expect(await world.ask('', { more: statement })).toMatchObject({ kind: 'output' });
  });

  it('takes the arguments that its manifest names as values of its statement', async () => {
    const statement = 'SELECT $1::text AS a, $2::int AS b';
    const manifest = { statement, parameters: ['params', 'absent'] };
    expect(rowsOf(await world.ask('', { more: manifest, params: ['x'] }))).toEqual([{ a: '{"x"}', b: null }]);
  });

  it('is tried again by others where the connection is lost before its end', async () => {
    const cut = await world.cutting((bytes) => bytes.includes('INSERT INTO notes'));
    const executed = await world.ask("INSERT INTO notes VALUES (77, 'x')", { more, address: cut.address });
    expect(executed).toMatchObject({ kind: 'fault', fault: { code: 'tool/connection-lost' }, retryable: true });
    await expect.poll(() => world.count('notes WHERE id = 77')).toBe(0);
  });

  it('is in doubt where the connection is lost after COMMIT was sent', async () => {
    const cut = await world.cutting((bytes) => bytes.includes('COMMIT'));
    const executed = await world.ask("INSERT INTO notes VALUES (78, 'x')", { more, address: cut.address });
    expect(executed).toMatchObject({ kind: 'unknown', fault: { code: 'tool/connection-lost' } });
    await expect.poll(() => world.count('notes WHERE id = 78')).toBe(1);
  });
});

describe('a condition of policy', () => {
  const limits: Limits = { conditions: [{ table: 'orders', where: "region = 'eu'" }] };

  it('binds every reading of its table', async () => {
    expect(rowsOf(await world.ask('SELECT count(*)::int AS n FROM orders', { limits }))).toEqual([{ n: 500 }]);
    const sql = `WITH x AS (SELECT * FROM orders) SELECT region, count(*)::int AS n FROM x WHERE id IN (SELECT id FROM public.orders)
      OR true GROUP BY 1 UNION ALL SELECT region, 1 FROM orders WHERE id < 3`;
    expect(rowsOf(await world.ask(sql, { limits }))).toEqual([
      { region: 'eu', n: 500 },
      { region: 'eu', n: 1 },
    ]);
  });

  it('binds what is written, and refuses what it cannot bind', async () => {
    await world.db.query(
      "CREATE TABLE parts (id int, region text) PARTITION BY LIST (region); CREATE TABLE p1 PARTITION OF parts FOR VALUES IN ('eu'); CREATE TABLE p2 PARTITION OF parts FOR VALUES IN ('us'); INSERT INTO parts VALUES (1, 'eu'), (1, 'us')",
    );
    const more = { access: 'write' };
    const on = { conditions: [{ table: 'parts', where: "region = 'eu'" }] };
    expect(await world.ask('UPDATE parts SET id = 2', { more, limits: on })).toMatchObject({
      output: { row_count: 1 },
    });
    expect(await world.db.query('SELECT id, region FROM parts ORDER BY 1')).toEqual([
      { id: 1, region: 'us' },
      { id: 2, region: 'eu' },
    ]);
    expect(await world.ask('DELETE FROM parts', { more, limits: on })).toMatchObject({ output: { row_count: 1 } });
    expect(await world.ask("INSERT INTO parts VALUES (3, 'us')", { more, limits: on })).toMatchObject({
      fault: { code: 'sql/condition-not-kept' },
    });
  });

  it('that nobody can read lets nothing through', async () => {
    const broken = { conditions: [{ table: 'orders', where: 'true) OR (true' }] };
    expect(await world.ask('SELECT 1 FROM orders', { limits: broken })).toMatchObject({
      fault: { code: 'sql/condition-not-kept' },
    });
  });
});
