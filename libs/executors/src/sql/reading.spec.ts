import { beforeAll, describe, expect, it } from 'vitest';
import { unknownFunctions } from './known-functions.js';
import { readingOf } from './reading.js';
import { loadGrammar, readStatement } from './syntax-tree.js';

beforeAll(loadGrammar);
const read = (text: string) => {
  const { tables, ...reading } = readingOf(readStatement(text));
  return { ...reading, tables: [...new Set(tables.map(({ name }) => name))] };
};

describe('the type of a statement', () => {
  it.each([
    ['SELECT', 'select 1'],
    ['SELECT', 'TABLE orders'],
    ['SELECT', 'VALUES (1), (2)'],
    ['SELECT', '/* DELETE FROM orders; */ SELECT 1 -- ; DROP TABLE x'],
    ['SELECT', "SELECT $tag$; DELETE FROM orders $tag$, E'\\'; DELETE', U&'\\003b'"],
    ['SELECT', 'SELECT "delete" FROM "update"'],
    ['SELECT', 'EXPLAIN SELECT 1'],
    ['INSERT', 'INSERT INTO t SELECT * FROM u'],
    ['UPDATE', 'UPDATE t SET a = 1'],
    ['DELETE', 'DELETE FROM t'],
    ['DELETE', 'WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone'],
    ['UPDATE', 'SELECT * FROM (WITH x AS (UPDATE t SET a = 1 RETURNING *) SELECT * FROM x) y'],
    ['INSERT', 'SELECT 1 UNION (WITH x AS (INSERT INTO t VALUES (1) RETURNING 1) SELECT * FROM x)'],
    ['DELETE', 'EXPLAIN ANALYZE DELETE FROM t'],
    ['DELETE', 'EXPLAIN (ANALYZE, FORMAT JSON) WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x'],
    ['UPDATE', 'SELECT * FROM t FOR UPDATE'],
    ['UPDATE', 'SELECT * FROM (SELECT * FROM t FOR SHARE) x'],
    ['OTHER', 'WITH a AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM a'],
    ['OTHER', 'INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1'],
    ['OTHER', 'MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE'],
    ['OTHER', 'EXPLAIN CREATE TABLE x AS SELECT 1'],
    ['OTHER', 'CALL archive(1)'],
    ['OTHER', 'CREATE TABLE x (a int)'],
    ['OTHER', 'CREATE TABLE x AS SELECT 1'],
    ['OTHER', 'TRUNCATE t'],
    ['OTHER', 'REFRESH MATERIALIZED VIEW v'],
    ['OTHER', 'LOCK t'],
    ['OTHER', 'SHOW ALL'],
  ])('is %s: %s', (type, text) => {
    expect(read(text).queryType).toBe(type);
  });

  it.each([
    "COPY t TO PROGRAM 'sh'",
    "COPY (SELECT 1) TO '/tmp/x'",
    'DO $$ BEGIN DELETE FROM t; END $$',
    'COMMIT',
    'SET transaction_read_only = off',
    'RESET ALL',
    'PREPARE x AS DELETE FROM t',
    'EXECUTE x',
    'DECLARE c CURSOR FOR SELECT 1',
    'LISTEN x',
    "NOTIFY x, 'y'",
    "LOAD 'x'",
    'DISCARD ALL',
    'SELECT * INTO copy FROM t',
    'SELECT 1 UNION SELECT a INTO x FROM t',
    'SELECT * FROM other_database.public.t',
    'SELECT 1 OPERATOR(evil.+) 1',
    'SELECT * FROM t TABLESAMPLE evil(1)',
    'SELECT * FROM t ORDER BY a USING OPERATOR(evil.<)',
  ])('does not matter where nobody may run it: %s', (text) => {
    expect(read(text).refused).not.toEqual([]);
  });
});

describe('the tables of a statement', () => {
  it.each([
    ['SELECT * FROM Orders o JOIN sales.customers USING (id)', ['public.orders', 'sales.customers']],
    ['SELECT (SELECT max(a) FROM b WHERE EXISTS (SELECT FROM c)) FROM a', ['public.b', 'public.c', 'public.a']],
    ['SELECT * FROM "Orders", "a.b", "x"."y""z"', ['public."Orders"', 'public."a.b"', 'x."y""z"']],
    ['SELECT * FROM U&"\\0073ecret"', ['public.secret']],
    ['SELECT * FROM pg_authid, information_schema.tables', ['pg_catalog.pg_authid', 'information_schema.tables']],
    ['WITH orders AS (SELECT 1) SELECT * FROM orders', []],
    ['WITH orders AS (SELECT * FROM orders) SELECT * FROM orders', ['public.orders']],
    ['WITH x AS (SELECT * FROM orders), orders AS (SELECT 1) SELECT * FROM x', ['public.orders']],
    ['WITH RECURSIVE x AS (SELECT * FROM orders), orders AS (SELECT 1) SELECT * FROM x', []],
    ['WITH orders AS (SELECT 1) SELECT * FROM public.orders', ['public.orders']],
    ['SELECT * FROM (WITH orders AS (SELECT 1) SELECT * FROM orders) x, orders', ['public.orders']],
    ['SELECT * FROM orders UNION SELECT * FROM secrets', ['public.orders', 'public.secrets']],
    ['WITH t AS (SELECT 1) DELETE FROM t', ['public.t']],
    ['UPDATE a SET x = b.y FROM b WHERE a.id IN (SELECT id FROM c)', ['public.b', 'public.a', 'public.c']],
    ['MERGE INTO a USING b ON true WHEN NOT MATCHED THEN DO NOTHING', ['public.a', 'public.b']],
    ['SELECT * FROM a TABLESAMPLE system(1)', ['public.a']],
    ['SELECT * FROM ONLY a, LATERAL (SELECT * FROM b WHERE b.id = a.id) c', ['public.a', 'public.b']],
    ['EXPLAIN SELECT * FROM a', ['public.a']],
    ['SELECT a FROM t GROUP BY GROUPING SETS ((a), ()) HAVING count(*) > (SELECT 1 FROM u)', ['public.t', 'public.u']],
    ['SELECT sum(x) OVER (ORDER BY (SELECT 1 FROM w)) FROM t', ['public.w', 'public.t']],
    ['SELECT * FROM t ORDER BY (SELECT 1 FROM o) LIMIT (SELECT 1 FROM l)', ['public.t', 'public.o', 'public.l']],
    ['SELECT ARRAY(SELECT a FROM t)', ['public.t']],
    ["SELECT * FROM JSON_TABLE((SELECT j FROM t), '$' COLUMNS (a int PATH '$.a'))", ['public.t']],
    ['TABLE secrets', ['public.secrets']],
  ])('are all that it names: %s', (text, tables) => {
    expect([...read(text).tables].sort()).toEqual([...tables].sort());
  });
});

describe('the functions of a statement', () => {
  it.each([
    'SELECT count(*), coalesce(lower(a), upper(b)) FROM t WHERE now() > extract(epoch from c)::int',
    'SELECT pg_catalog.lower(a) FROM t',
    "SELECT substring(a from 1 for 2), position('a' in b), trim(c), a AT TIME ZONE 'UTC' FROM t",
  ])('are known where they only compute: %s', (text) => {
    expect(unknownFunctions(read(text).functions, [])).toEqual([]);
  });

  it.each([
    ...["SELECT pg_read_file('/etc/passwd')", "SELECT lo_import('/etc/passwd')", 'SELECT pg_sleep(100)'],
    ...["SELECT set_config('transaction_read_only', 'off', true)", "SELECT nextval('s')", 'SELECT pg_advisory_lock(1)'],
    ...[
      "SELECT * FROM dblink('host=x', 'DELETE FROM t') AS t(a int)",
      "SELECT query_to_xml('SELECT * FROM t', true, true, '')",
    ],
    ...["SELECT ts_stat('SELECT * FROM t')", 'SELECT pg_terminate_backend(1)', 'SELECT "pg_read_file"(\'x\')'],
    ...['SELECT evil.lower(a) FROM t', 'CALL archive(1)', 'SELECT U&"\\0070g_sleep"(1)', 'SELECT 1 WHERE my_write()'],
    ...['SELECT * FROM t WHERE (SELECT pg_sleep(1)) IS NULL', 'SELECT * FROM ROWS FROM (my_rows())'],
    ...['INSERT INTO t VALUES (my_write())', 'SELECT sum(a) FILTER (WHERE my_write()) FROM t', 'SELECT a.my_write()'],
  ])('are named where nobody allowed them: %s', (text) => {
    expect(unknownFunctions(read(text).functions, [])).not.toEqual([]);
  });

  it('may be allowed by the manifest, by the name that the statement gives them', () => {
    expect(unknownFunctions(['my_fn', 'sales.total'], ['my_fn', 'sales.total'])).toEqual([]);
    expect(unknownFunctions(['other.my_fn'], ['my_fn'])).toEqual(['other.my_fn']);
  });
});

describe('a text that is no single statement', () => {
  it.each([
    ['', 'is not SQL'],
    ['-- nothing', 'no statement'],
    [';', 'no statement'],
    ['SELECT 1; DROP TABLE t', 'several'],
    ['SELECT 1; SELECT 2', 'several'],
    ['SELECT', undefined],
    ['SELEC 1', 'is not SQL'],
    ['ＳＥＬＥＣＴ 1', 'is not SQL'],
    ['SELECT 1 \0; DROP TABLE t', 'no text'],
    ["SELECT '\ud800'", 'no text'],
    [`SELECT ${'('.repeat(30_000)}1${')'.repeat(30_000)}`, 'is not SQL'],
    [`SELECT 1${'+1'.repeat(30_000)}`, 'nests too deep'],
    [`SELECT '${'x'.repeat(70_000)}'`, 'more than'],
  ])('is refused: %.40s', (text, why) => {
    if (why === undefined) expect(read(text).queryType).toBe('SELECT');
    else expect(() => read(text)).toThrow(why);
  });
});
