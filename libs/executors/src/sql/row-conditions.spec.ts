import { beforeAll, describe, expect, it } from 'vitest';
import { withConditions } from './row-conditions.js';
import { loadGrammar, readStatement } from './syntax-tree.js';

beforeAll(loadGrammar);
const EU = { table: 'orders', where: "region = 'eu'" };
const put = (text: string, ...conditions: { table: string; where: string }[]) =>
  withConditions(readStatement(text), conditions.length === 0 ? [EU] : conditions)
    .replaceAll(/\s+/g, ' ')
    .replaceAll('( ', '(')
    .replaceAll(' )', ')');

describe('a condition on a table', () => {
  it('takes the place of the table wherever it is read', () => {
    expect(put('SELECT * FROM orders')).toBe(
      "SELECT * FROM (SELECT * FROM public.orders WHERE region = 'eu') AS orders",
    );
    expect(
      put('SELECT o.a FROM customers c JOIN public.orders AS o ON true WHERE o.id IN (SELECT 1 FROM orders)'),
    ).toBe(
      "SELECT o.a FROM customers AS c JOIN (SELECT * FROM public.orders WHERE region = 'eu') AS o ON true " +
        "WHERE o.id IN (SELECT 1 FROM (SELECT * FROM public.orders WHERE region = 'eu') AS orders)",
    );
  });

  it('leaves an expression of the same name alone, and is not fooled by it', () => {
    expect(put('WITH orders AS (SELECT * FROM orders) SELECT * FROM orders')).toBe(
      "WITH orders AS (SELECT * FROM (SELECT * FROM public.orders WHERE region = 'eu') AS orders) SELECT * FROM orders",
    );
    const allowed = { table: 'orders', where: 'customer IN (SELECT id FROM allowed)' };
    expect(put('WITH allowed AS (SELECT 1 AS id) SELECT * FROM orders', allowed)).toContain(
      'customer IN (SELECT id FROM public.allowed)',
    );
  });

  it('binds what an UPDATE or DELETE writes, besides its own condition', () => {
    expect(put('DELETE FROM orders AS o WHERE a = 1 OR b = 2')).toBe(
      'DELETE FROM orders AS o WHERE (a = 1 OR b = 2) AND (o.tableoid, o.ctid) IN ' +
        "(SELECT tableoid, ctid FROM public.orders WHERE region = 'eu')",
    );
    expect(put('UPDATE orders SET a = 1')).toContain('(orders.tableoid, orders.ctid) IN');
    expect(put('WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM x')).toContain('.ctid) IN');
  });

  it('keeps several conditions together, with their own OR inside', () => {
    const paid = { table: 'public.orders', where: 'paid OR free' };
    expect(put('SELECT 1 FROM orders', EU, paid)).toContain("WHERE region = 'eu' AND (paid OR free)");
  });

  it('leaves a statement alone that does not touch the table', () => {
    expect(put('SELECT * FROM sales.orders')).toBe('SELECT * FROM sales.orders');
  });

  it.each([
    'INSERT INTO orders VALUES (1)',
    'MERGE INTO orders USING u ON true WHEN MATCHED THEN DELETE',
    'SELECT * FROM orders TABLESAMPLE system(1)',
    'TRUNCATE orders',
    'CALL f()',
  ])('refuses a statement into which it does not fit: %s', (text) => {
    expect(() => put(text)).toThrow(/cannot be kept|only into a query/);
  });

  it.each([
    ...[
      'true UNION SELECT 1',
      'true ORDER BY 1',
      'true; DROP TABLE t',
      '1 = 1) FROM x WHERE (true',
      'true LIMIT 1',
      '',
    ],
    ...['true FOR UPDATE', 'true GROUP BY 1', 'EXISTS (SELECT 1 FROM t FOR UPDATE)', 'true --\n; SELECT 1'],
  ])('is one expression that reads, or nothing: %s', (where) => {
    expect(() => put('SELECT * FROM orders', { table: 'orders', where })).toThrow();
  });

  it('refuses a statement of which the text would not say the same: the writer forgets WITH TIES', () => {
    expect(() => put('SELECT * FROM orders ORDER BY a FETCH FIRST 3 ROWS WITH TIES')).toThrow('changing its meaning');
  });

  it.each([
    "SELECT a::numeric(10,2), U&'d\\0061t', E'\\n', $1, 'it''s', B'101', x'ff', -1, - -1, 1e10, \"Odd \"\"name\" FROM orders",
    "SELECT * FROM orders WHERE (a, b) IN ((1, 2)) AND NOT (c BETWEEN 1 AND 2) AND d ~ 'x' AND e IS DISTINCT FROM f",
    'SELECT DISTINCT ON (a) a, sum(b) FILTER (WHERE c > 1) OVER w FROM orders WINDOW w AS (PARTITION BY d ORDER BY e ROWS 1 PRECEDING)',
    "SELECT CASE WHEN a THEN 1 ELSE 2 END, CAST(b AS text[]), c[1:2], (d).e, f ->> 'g', ARRAY[1, 2], interval '1 day' FROM orders",
    'SELECT a FROM orders GROUP BY ROLLUP (a, b), CUBE (c) HAVING count(*) > 1 ORDER BY 1 DESC NULLS LAST LIMIT 3 OFFSET 2',
    '(SELECT a FROM orders EXCEPT ALL SELECT b FROM t ORDER BY 1) INTERSECT SELECT 1',
    "SELECT extract(year from a), a AT TIME ZONE 'UTC', current_date, localtime, overlay(b placing 'x' from 1), trim(both from c) FROM orders",
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT * FROM t, orders o(a, b), LATERAL (SELECT o.a) x',
    'SELECT * FROM orders NATURAL LEFT JOIN t FULL JOIN u USING (id) CROSS JOIN generate_series(1, 2) WITH ORDINALITY AS g(x, y)',
    "SELECT string_agg(a, ',' ORDER BY b), percentile_cont(0.5) WITHIN GROUP (ORDER BY c), json_object('a': 1) FROM orders",
  ])('changes nothing else of a statement: %s', (text) => {
    expect(() => put(text)).not.toThrow();
  });
});
