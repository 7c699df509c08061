import { type Executed, SqlExecutor } from '@voorman/executors';
import { attemptOf, loadedTool, type Postgres, startPostgres } from '@voorman/executors/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/*
 * What a database does behind a name, the statement does not show: a column that is a function, a view that writes, an
 * operator or a type with code of its own. The grammar reads a SELECT of it, and policy is told of a SELECT.
 */
let db: Postgres;
let executor: SqlExecutor;
beforeAll(async () => {
  db = await startPostgres();
  await db.query(`
    CREATE TABLE orders (id int, region text, email text);
    INSERT INTO orders VALUES (1, 'eu', 'alice@example.com');
    CREATE TABLE staff (salary int); INSERT INTO staff VALUES (7654321);
    CREATE TABLE victim (id int); INSERT INTO victim VALUES (1);
    CREATE FUNCTION wipe() RETURNS int LANGUAGE plpgsql VOLATILE AS $$ BEGIN DELETE FROM victim; RETURN 1; END $$;
    CREATE FUNCTION archive(orders) RETURNS int LANGUAGE sql VOLATILE AS 'SELECT wipe()';
    CREATE VIEW report AS SELECT wipe() AS n;
    CREATE FUNCTION wiping_plus(text, text) RETURNS int LANGUAGE sql VOLATILE AS 'SELECT wipe()';
    CREATE OPERATOR ~~~~> (LEFTARG = text, RIGHTARG = text, FUNCTION = wiping_plus);
    CREATE FUNCTION wiping_check(text) RETURNS boolean LANGUAGE plpgsql VOLATILE
      AS $$ BEGIN PERFORM wipe(); RETURN true; END $$;
    CREATE DOMAIN checked AS text CHECK (wiping_check(VALUE));
    CREATE FUNCTION wiping_cast(orders) RETURNS json LANGUAGE plpgsql VOLATILE
      AS $$ BEGIN PERFORM wipe(); RETURN '{}'; END $$;
    CREATE CAST (orders AS json) WITH FUNCTION wiping_cast(orders)`);
  executor = new SqlExecutor({ secrets: { read: async () => db.address } });
});
afterAll(async () => {
  await executor.stop();
  await db.stop();
});

const tool = (more: Record<string, unknown>) => {
  const schema = { input: { 'sql?': 'string', 'params?': 'array' }, output: { rows: 'array', row_count: 'integer' } };
  return loadedTool('sql', { name: 'db', connection: { env: 'DB' }, schema, ...more });
};
const ask = (sql: string | undefined, more: Record<string, unknown> = { access: 'write' }): Promise<Executed> => {
  const manifest = tool(more);
  return executor.execute(manifest, attemptOf(manifest, sql === undefined ? {} : { sql }));
};
const victims = async () => Number((await db.query('SELECT count(*) AS n FROM victim'))[0]?.n);

describe('an attack by a SELECT through a tool that may write', () => {
  it.each([
    ['a column that is a function of its row', 'SELECT o.archive FROM orders o'],
    ['a field of a subquery that is one', 'SELECT (o).archive FROM (SELECT * FROM orders) AS x, orders o'],
    ['a view that writes when it is read', 'SELECT * FROM report'],
    ['an operator with a function of somebody’s own', "SELECT 'a'::text ~~~~> 'b'::text"],
    ['a type that runs code where a value is cast to it', "SELECT 'a'::checked"],
    ['a cast with a function of somebody’s own', 'SELECT o::json FROM orders o'],
    ['a subquery in EXPLAIN ANALYZE', 'EXPLAIN ANALYZE SELECT o.archive FROM orders o'],
  ])('cannot write by %s', async (_how, sql) => {
    const manifest = tool({ access: 'write' });
    expect(await executor.meaning(manifest, { sql })).toMatchObject({ query_type: 'SELECT' });
    const executed = await ask(sql);
    expect(await victims()).toBe(1);
    expect(executed).toMatchObject({ kind: 'fault', fault: { code: 'sql/failed' } });
  });

  it('leaves the write to a function that the signed manifest allows', async () => {
    await db.query('CREATE TABLE if not exists marks (n int)');
    await db.query(`CREATE OR REPLACE FUNCTION mark() RETURNS int LANGUAGE sql VOLATILE
      AS 'INSERT INTO marks VALUES (1) RETURNING n'`);
    const executed = await ask('SELECT mark()', { access: 'write', functions: ['mark'] });
    expect(executed).toMatchObject({ kind: 'output' });
    expect(await db.query('SELECT n FROM marks')).toEqual([{ n: 1 }]);
  });
});

describe('an attack by what PostgreSQL says when a statement fails', () => {
  it.each([
    ['a cast', 'SELECT email::int FROM orders'],
    ['a cast to a time', 'SELECT email::timestamptz FROM orders'],
    ['a cast to an array', 'SELECT email::int[] FROM orders'],
    ['a cast to JSON', 'SELECT email::json FROM orders'],
    ['a pattern', "SELECT 'x' ~ ('(' || email) FROM orders"],
    ['a time zone', 'SELECT now() AT TIME ZONE email FROM orders'],
    ['a name of a table', 'SELECT email::regclass FROM orders'],
    ['a name of a function', 'SELECT email::regproc FROM orders'],
    ['an address', 'SELECT email::inet FROM orders'],
    ['an id', 'SELECT email::uuid FROM orders'],
    ['XML', "SELECT ('<a>' || email)::xml FROM orders"],
    ['a format', "SELECT to_timestamp(email, 'YYYY') FROM orders"],
    ['an encoding', "SELECT decode(email, 'hex') FROM orders"],
  ])('reads no row past what policy takes out of results, by %s', async (_how, sql) => {
    const executed = await ask(sql, {});
    expect(executed.kind).toBe('fault');
    expect(JSON.stringify(executed)).not.toMatch(/alice|example\.com/);
    expect(JSON.stringify(executed)).toContain('sql/failed');
  });

  it.each([
    ['a character', 'SELECT chr(salary) FROM staff'],
    ['a date', 'SELECT make_date(salary, 13, 1) FROM staff'],
    ['a time', 'SELECT make_time(salary, 0, 0) FROM staff'],
    ['a place in bytes', "SELECT set_byte('x'::bytea, salary, 1) FROM staff"],
    ['a length', "SELECT repeat('x', salary * 250) FROM staff"],
  ])('reads no number past it either, by %s', async (_how, sql) => {
    const executed = await ask(sql, {});
    expect(JSON.stringify(executed)).toContain('sql/failed');
    expect(JSON.stringify(executed)).not.toContain('7654321');
  });

  it('still says what is wrong with the statement itself', async () => {
    expect(await ask('SELECT nothing FROM orders', {})).toMatchObject({
      fault: { message: expect.stringContaining('column "nothing" does not exist') },
    });
  });
});

describe('an attack on the resources of a database', () => {
  it.each([
    ['a series without end', 'SELECT count(*) FROM generate_series(1, 9000000000000)'],
    ['a text of a gigabyte', "SELECT length(repeat('x', 1000000000) || repeat('y', 1000000000))"],
    ['a pattern that goes back again and again', "SELECT repeat('a', 100000) ~ '(a*)*(a*)*(a|b)*[^a]$'"],
    ['a recursion without end', 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t'],
  ])('ends by %s', async (_how, sql) => {
    const began = performance.now();
    const executed = await ask(sql, { timeout_ms: 1_000 });
    expect(performance.now() - began).toBeLessThan(8_000);
    if (executed.kind !== 'output') expect(executed.fault.code).toMatch(/^(sql|tool)\//);
    expect(await ask('SELECT 1 AS one', {})).toMatchObject({ output: { rows: [{ one: 1 }] } });
  });
});
