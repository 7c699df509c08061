import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LintedFolder, lintedFolder } from './testing/linted-folder.ts';

describe('an import', () => {
  let folder: LintedFolder;
  beforeEach(() => {
    folder = lintedFolder();
  });
  afterEach(() => folder.remove());

  it('may lead to a file that leads on', () => {
    folder.write('libs/log/src/a.ts', ["import { b } from './b.js';", '', 'export const a = () => b;', '']);
    folder.write('libs/log/src/b.ts', ["import { c } from './c.js';", '', 'export const b = () => c;', '']);
    folder.write('libs/log/src/c.ts', ['export const c = 1;', '']);
    expect(folder.lint('libs/log/src/a.ts')).toBe('');
  });

  it('is refused where it leads back, by whatever way', () => {
    folder.write('libs/log/src/a.ts', ["import { b } from './b.js';", '', 'export const a = () => b;', '']);
    folder.write('libs/log/src/b.ts', ["import { c } from './c.js';", '', 'export const b = () => c;', '']);
    folder.write('libs/log/src/c.ts', ["import { a } from './a.js';", '', 'export const c = () => a;', '']);
    expect(folder.lint('libs/log/src/a.ts')).toContain('noImportCycles');
  });

  it('is refused where it leads back for a type alone', () => {
    folder.write('libs/log/src/a.ts', ["import { b } from './b.js';", '', 'export type A = typeof b;', '']);
    folder.write('libs/log/src/b.ts', ["import type { A } from './a.js';", '', 'export const b = (a: A) => a;', '']);
    expect(folder.lint('libs/log/src/b.ts')).toContain('noImportCycles');
  });
});
