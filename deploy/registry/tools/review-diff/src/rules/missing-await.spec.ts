import { describe, expect, it } from 'vitest';
import { says } from '../testing/change.ts';
import { awaitDropped } from './missing-await.ts';

describe('a dropped await', () => {
  it('is seen in JavaScript and Python', () => {
    expect(says(awaitDropped, 'a.ts', '-  await store.save(order);\n+  store.save(order);')[0]).toMatch(
      /^high: `store.save\(…\)` was awaited/,
    );
    expect(says(awaitDropped, 'a.py', '-    await push(x)\n+    push(x)')).toHaveLength(1);
  });

  it.each([
    ['returned', '-  await save(x);\n+  return save(x);'],
    ['gathered', '-  await save(x);\n-  await save(y);\n+  await Promise.all([\n+    save(x),\n+    save(y),\n+  ]);'],
    ['kept and awaited later', '-  await save(x);\n+  const saved = save(x);\n   other();\n+  await saved;'],
    ['chained', '-  await save(x);\n+  save(x).catch(report);'],
    [
      'no longer async by the same change',
      '-async function save(x) {\n+function save(x) {\n }\n-await save(x);\n+save(x);',
    ],
    ['let go on purpose', '-  await save(x);\n+  void save(x);'],
  ])('is none when the call is %s', (_how, body) => {
    expect(says(awaitDropped, 'a.ts', body)).toEqual([]);
  });
});
