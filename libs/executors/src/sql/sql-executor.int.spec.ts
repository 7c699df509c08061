import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf, SqlWorld, sqlTool } from '../testing/sql-world.js';

const world = new SqlWorld();
beforeAll(() => world.open());
afterEach(() => world.clear());
afterAll(() => world.close());

describe('a query', () => {
  it('takes its values as parameters, never as text', async () => {
    const word = "x'; DELETE FROM orders; --";
    expect(
      rowsOf(
        await world.ask('SELECT $1::text AS a, $2::int AS b, $3::jsonb AS c, 2 = ANY($4::int[]) AS d', {
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
    const rows = rowsOf(await world.ask(sql));
    expect(JSON.parse(JSON.stringify(rows))).toEqual(
      JSON.parse(`[{"big": "9007199254740993", "small": 12, "a": "1.10", "b": 0.5, "c": "NaN", "d": 1e300, "bytes": "AP8=",
      "day": "2026-03-01", "at": "2026-03-01T08:00:00.123456Z", "local": "2026-03-01T10:00:00", "took": "P1DT2H", "yes": true,
      "nothing": null, "list": [1, 2], "bigs": ["9007199254740993", 1], "json": {"x": [1, null]}, "same": 1, "same_2": 2,
      "__proto__": "ünï 😀"}]`),
    );
  });

  it('is cut at the rows of the manifest or of policy, the fewer, and says so', async () => {
    const all = await world.ask('SELECT id FROM orders ORDER BY id', { more: { max_rows: 700 } });
    expect(all).toMatchObject({
      output: { row_count: 700, truncated: true },
      note: 'Cut at 700 rows: there are more.',
    });
    const few = await world.ask('SELECT id FROM orders', { more: { max_rows: 700 }, limits: { maxRows: 3 } });
    expect(few).toMatchObject({ output: { row_count: 3, truncated: true } });
    const exact = await world.ask('SELECT id FROM orders', { more: { max_rows: 1_000 } });
    expect(exact).toMatchObject({ output: { row_count: 1_000, truncated: false } });
    expect(exact).not.toHaveProperty('note');
  });

  it('is cut at the bytes of the manifest, and says so', async () => {
    const executed = await world.ask("SELECT repeat('x', 1000) AS x FROM orders", { more: { max_bytes: 10_000 } });
    expect(executed).toMatchObject({
      output: { row_count: 9, truncated: true },
      note: expect.stringContaining('10000 bytes'),
    });
  });

  it('reads no further than it hands on, whatever the query would give', async () => {
    const before = process.memoryUsage().rss;
    const executed = await world.ask("SELECT repeat('x', 100000) AS x FROM orders a, orders b, orders c", {
      more: { max_rows: 5 },
    });
    expect(executed).toMatchObject({ output: { row_count: 5 } });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });

  it('ends at a single row that is far too large, and the next call works', async () => {
    const executed = await world.ask("SELECT repeat('x', 60000000) AS x");
    expect(executed).toMatchObject({ kind: 'fault', fault: { code: 'sql/too-large' }, retryable: false });
    expect(rowsOf(await world.ask('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  });

  it('that never ends is ended by the server when its time is up', async () => {
    const executed = await world.ask('SELECT count(*) FROM generate_series(1, 1000000000000)', {
      more: { timeout_ms: 300 },
    });
    expect(executed).toMatchObject({ kind: 'fault', fault: { code: 'tool/timeout' }, retryable: true });
    await expect.poll(busy).toBe(0);
  });

  it('is stopped at the server when its session is cancelled', async () => {
    const end = new AbortController();
    const asked = world.ask('SELECT count(*) FROM generate_series(1, 1000000000000)', { signal: end.signal });
    await expect.poll(busy, { timeout: 5_000 }).toBe(1);
    end.abort();
    expect(await asked).toMatchObject({ kind: 'fault', fault: { code: 'session/cancelled' }, retryable: false });
    await expect.poll(busy).toBe(0);
  });

  it('tells the bot what PostgreSQL says, and neither rows nor addresses', async () => {
    const wrong = await world.ask('SELECT nothing FROM orders');
    expect(wrong).toMatchObject({
      kind: 'fault',
      fault: { code: 'sql/failed', message: expect.stringContaining('"nothing" does not exist') },
      retryable: false,
    });
    const away = await world.ask('SELECT 1', { address: 'postgresql://app:hunter2@127.0.0.1:1/x' });
    expect(away).toMatchObject({ kind: 'fault', fault: { code: 'tool/unreachable' }, retryable: true });
    expect(JSON.stringify([wrong, away])).not.toMatch(/hunter2|127\.0\.0\.1/);
  });

  it('is explained without being run', async () => {
    expect(JSON.stringify(rowsOf(await world.ask('EXPLAIN SELECT * FROM orders')))).toContain('Seq Scan');
  });
});

describe('what a call means', () => {
  it('is its type and its tables, before anything is sent', async () => {
    const executor = world.executorOn('postgresql://nobody@127.0.0.1:1/x');
    expect(
      await executor.meaning(sqlTool({ access: 'write' }), {
        sql: 'WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x, s.b',
      }),
    ).toEqual({
      query_type: 'DELETE',
      tables: ['public.a', 's.b'],
    });
    expect(await executor.meaning(sqlTool(), { sql: 'nonsense' })).toMatchObject({ fault: { code: 'sql/unreadable' } });
    expect(await executor.meaning(sqlTool(), {})).toMatchObject({ fault: { code: 'arguments/invalid' } });
  });
});

const busy = async (): Promise<number> =>
  Number(
    (
      await world.db.query(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%generate_series%' AND pid <> pg_backend_pid()",
      )
    )[0]?.n,
  );
