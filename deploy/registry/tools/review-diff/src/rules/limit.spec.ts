import { describe, expect, it } from 'vitest';
import { says } from '../testing/change.ts';
import { limitChanged } from './limit.ts';

describe('a changed limit', () => {
  it('says before and after with the unit, and what it does', () => {
    expect(says(limitChanged, 'config.json', ' "payments": {\n-  "timeoutMs": 3000\n+  "timeoutMs": 800\n }')).toEqual([
      'medium: `payments.timeoutMs` goes from 3000 ms to 800 ms: what takes longer now fails (27 % of before).',
    ]);
  });

  it.each([
    [
      'a.go',
      '-client := http.Client{Timeout: 30 * time.Second}\n+client := http.Client{Timeout: 2 * time.Second}',
      '`Timeout` goes from 30 s to 2 s',
    ],
    ['a.yaml', '-ack_wait: 30s\n+ack_wait: 500ms', '30 s to 500 ms'],
    ['a.yaml', '-  memory: "512Mi"\n+  memory: "128Mi"', '512 Mi to 128 Mi'],
    ['a.py', '-POOL_SIZE = 20\n+POOL_SIZE = 5', '20 to 5'],
    [
      'app.properties',
      '-spring.datasource.hikari.maximum-pool-size=20\n+spring.datasource.hikari.maximum-pool-size=5',
      '20 to 5',
    ],
    ['a.java', '-int maxRetries = 3;\n+int maxRetries = 0;', '3 to 0'],
  ])('is read in %s', (path, body, part) => {
    expect(says(limitChanged, path, body)).toEqual([expect.stringContaining(part)]);
    expect(says(limitChanged, path, body)[0]).toMatch(/^medium/);
  });

  it('weighs little when the step is small', () => {
    expect(says(limitChanged, 'a.yaml', '-timeout: 30s\n+timeout: 25s')[0]).toMatch(/^low/);
  });

  it('is none for other numbers, for versions, for tests, for the same time in another unit', () => {
    expect(says(limitChanged, 'a.ts', "-const version = '1.8.2';\n+const version = '1.9.0';")).toEqual([]);
    expect(says(limitChanged, 'a.ts', '-const width = 300;\n+const width = 200;')).toEqual([]);
    expect(says(limitChanged, 'a.spec.ts', '-const timeoutMs = 300;\n+const timeoutMs = 200;')).toEqual([]);
    expect(says(limitChanged, 'a.yaml', '-timeout: 1s\n+timeout: 1000ms')).toEqual([]);
  });
});
