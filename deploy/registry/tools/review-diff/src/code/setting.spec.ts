import { describe, expect, it } from 'vitest';
import { fileOf } from '../testing/change.ts';
import { keyOf, settingName } from './setting.ts';

const lastName = (path: string, body: string): string | undefined => {
  const file = fileOf(path, body);
  const lines = file.hunks[0]?.after ?? [];
  const line = lines.findLast((each) => each.isChanged);
  return line && settingName(lines, line, file.language);
};

describe('the name of a setting', () => {
  it('holds its parents in JSON, YAML and object literals', () => {
    expect(lastName('c.json', ' {\n   "payments": {\n+    "timeoutMs": 800')).toBe('payments.timeoutMs');
    expect(lastName('c.yaml', ' payments:\n   retry:\n+    attempts: 5')).toBe('payments.retry.attempts');
    expect(lastName('c.ts', ' const pool = new Pool({\n+  max: 5,')).toBe('pool.max');
  });

  it('holds its section in INI files', () => {
    expect(lastName('c.ini', ' [database]\n user = x\n+pool_size = 5')).toBe('database.pool_size');
  });

  it('is found in assignments, not in comparisons or arrow functions', () => {
    expect(keyOf('  const timeoutMs = 5;')).toBe('timeoutMs');
    expect(keyOf('if (a === 5) {')).toBeUndefined();
    expect(keyOf('(x) => 5')).toBeUndefined();
  });
});
