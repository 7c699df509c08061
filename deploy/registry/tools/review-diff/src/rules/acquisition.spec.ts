import { describe, expect, it } from 'vitest';
import { says } from '../testing/change.ts';
import { acquiredForGood } from './acquisition.ts';

const within = (...lines: string[]): string =>
  ['+async function f() {', ...lines.map((line) => `+  ${line}`), '+}'].join('\n');

describe('a resource taken for good', () => {
  it('is seen when nothing up to the end of its block gives it back', () => {
    const body = within('const connection = await pool.acquire();', "await connection.query('select 1');");
    expect(says(acquiredForGood, 'a.ts', body)).toEqual([
      'medium: `connection` is taken here, and nothing up to the end of its block gives it back.',
    ]);
    expect(
      says(acquiredForGood, 'a.py', '+def f():\n+    f = open(path)\n+    return 1\n+def g():\n+    return 2'),
    ).toHaveLength(1);
  });

  it.each([
    ['released', within('const c = await pool.acquire();', 'c.release();')],
    ['given to a release', within('const c = await pool.acquire();', 'pool.release(c);')],
    ['returned', within('const c = await pool.acquire();', 'return c;')],
    ['in a function whose end the diff does not show', '+async function f() {\n+  const c = await pool.acquire();'],
    ['not new', ' async function f() {\n   const c = await pool.acquire();\n+  c.query();\n }'],
  ])('is none when it is %s', (_how, body) => {
    expect(says(acquiredForGood, 'a.ts', body)).toEqual([]);
  });

  it('is none when the language gives it back', () => {
    expect(says(acquiredForGood, 'a.py', '+def f():\n+    with open(path) as f:\n+        f.read()\n+x = 1')).toEqual(
      [],
    );
    expect(
      says(acquiredForGood, 'a.go', '+func f() {\n+\tfile, err := os.Open(path)\n+\tdefer file.Close()\n+}'),
    ).toEqual([]);
  });
});
