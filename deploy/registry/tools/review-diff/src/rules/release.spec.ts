import { describe, expect, it } from 'vitest';
import { fileOf, says } from '../testing/change.ts';
import { releaseLost } from './release.ts';

const outOfFinally = `
   const connection = await pool.acquire();
-  try {
-    const order = open(connection, cart);
-    const paid = await payments.charge(order);
-    return paid;
-  } finally {
-    pool.release(connection);
-  }
+  const order = open(connection, cart);
+  const paid = await payments.charge(order);
+  pool.release(connection);
+  return paid;
 }`;

describe('a lost release', () => {
  it('is seen when it leaves finally, and names the call that may fail in between', () => {
    expect(says(releaseLost, 'a.mjs', outOfFinally)).toEqual([
      'high: `pool.release(…)` ran on every way out (`finally` or its like); now it runs only on success: when `payments.charge(…)` in between fails, `connection` is never given back, until none is left.',
    ]);
  });

  it('proves itself by the new release, the old one and where the resource is taken', () => {
    const [found] = releaseLost.check(fileOf('a.mjs', outOfFinally));
    expect(found?.proof.map(({ raw }) => raw.trim())).toEqual([
      '+  pool.release(connection);',
      '-    pool.release(connection);',
      '-  } finally {',
      'const connection = await pool.acquire();',
      '+  const paid = await payments.charge(order);',
    ]);
  });

  it('is seen when the release is gone and the resource is still used', () => {
    const go = ' conn, err := db.Conn(ctx)\n-defer conn.Close()\n rows := conn.Query(ctx)\n+use(rows)';
    expect(says(releaseLost, 'a.go', go)).toEqual([
      'high: `conn` is still taken, but `conn.Close(…)`, which gave it back, is gone: it is never given back.',
    ]);
  });

  it('is seen when the release is put under a condition', () => {
    const body = ' lock.acquire()\n run(lock)\n-lock.release()\n+if done:\n+    lock.release()';
    expect(says(releaseLost, 'a.py', body)).toHaveLength(1);
  });

  it.each([
    ['a.py', '-with open(p) as f:\n-    return parse(f)\n+f = open(p)\n+return parse(f)'],
    ['a.java', '-try (Connection c = source.getConnection()) {\n+Connection c = source.getConnection();\n   run(c);'],
    ['a.ts', '-await using c = await pool.acquire();\n+const c = await pool.acquire();\n run(c);'],
  ])('is seen in %s when the language no longer takes care of it', (path, body) => {
    expect(says(releaseLost, path, body)).toEqual([expect.stringMatching(/^high: The language itself/)]);
  });

  it.each([
    [
      'a.py',
      ' conn = pool.getconn()\n-try:\n-    run(conn)\n-finally:\n-    pool.putconn(conn)\n+run(conn)\n+pool.putconn(conn)',
    ],
    [
      'A.java',
      ' Lock lock = locks.get(id);\n lock.lock();\n-try {\n   run(lock);\n-} finally {\n-  lock.unlock();\n-}\n+lock.unlock();',
    ],
    ['a.go', ' rows, err := db.Query(q)\n-defer rows.Close()\n for rows.Next() {\n+\tscan(rows)\n }\n+rows.Close()'],
  ])('is seen in %s when it no longer runs on every way out', (path, body) => {
    expect(says(releaseLost, path, body)).toEqual([expect.stringContaining('ran on every way out')]);
  });

  it('is none when the whole use goes, when it moves into finally, or when another cleanup takes over', () => {
    expect(says(releaseLost, 'a.mjs', ' f();\n-const c = await pool.acquire();\n-c.query(1);\n-c.release();')).toEqual(
      [],
    );
    expect(
      says(
        releaseLost,
        'a.mjs',
        ' const c = await pool.acquire();\n+try {\n   c.query(1);\n-c.release();\n+} finally { c.release(); }',
      ),
    ).toEqual([]);
    expect(says(releaseLost, 'a.py', '-f = open(p)\n-read(f)\n-f.close()\n+with open(p) as f:\n+    read(f)')).toEqual(
      [],
    );
  });

  it('is none when the resource is handed to the caller', () => {
    expect(
      says(releaseLost, 'a.mjs', ' const c = await pool.acquire();\n c.prepare();\n-c.release();\n+return c;'),
    ).toEqual([]);
  });
});
