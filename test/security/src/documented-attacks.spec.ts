import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './testing/command-line.js';

const page = readFileSync(join(ROOT, 'docs', 'security.md'), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:attack|---)/.test(line));
const filesIn = (text: string): string[] => [...text.matchAll(/`([^`]+\.ts)`/g)].map((match) => match[1] ?? '');

describe('the page on security', () => {
  it('names attacks, and for every one a test', () => {
    expect(rows.length).toBeGreaterThan(10);
    expect(
      rows.filter((row) => !filesIn(row).some((file) => /\.(?:spec|contract)\.ts$|\/suites\//.test(file))),
    ).toEqual([]);
  });

  it.each([...new Set(rows.flatMap(filesIn))])('speaks of a test that is there: %s', (file) => {
    expect(existsSync(join(ROOT, file)), file).toBe(true);
    expect(readFileSync(join(ROOT, file), 'utf8')).toMatch(/\bit(?:\.each)?[(<]|property/);
  });

  it.each(globSync('test/security/src/*/*.spec.ts', { cwd: ROOT }).sort())('names %s', (file) => {
    expect(rows.flatMap(filesIn)).toContain(file);
  });
});
