import { describe, expect, it } from 'vitest';
import { tellingWords } from './words.ts';

describe('telling words', () => {
  it('are the same in messages and in code', () => {
    const inLog = tellingWords('no database connections within 2000 ms');
    const inCode = tellingWords('releaseConnection(db_pool)');
    expect([...inCode].filter((word) => inLog.has(word))).toEqual(['connection', 'database']);
    expect(tellingWords('request timed out')).toEqual(tellingWords('timeoutMs: 5, // request'));
  });

  it('leave out what stands in every log and every change', () => {
    expect([...tellingWords('ERROR: request failed with status 500 at 10:00')]).toEqual([]);
    expect([...tellingWords('const value = await get(9f86d081884c7d65);')]).toEqual([]);
  });
});
