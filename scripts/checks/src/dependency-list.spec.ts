import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { declaredDependencies, dependencyListFaults } from './dependency-list.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const HEAD = '| name | why | licence | upkeep | where |\n| --- | --- | --- | --- | --- |\n';
const declared = new Map([
  ['zod', ['libs/envelope/package.json']],
  ['ajv', ['libs/registry/package.json']],
]);
const faults = (rows: string) => dependencyListFaults(declared, HEAD + rows);

describe('the list of dependencies', () => {
  it('has a line for everything that a package.json of this clone declares, and for nothing else', () => {
    const markdown = readFileSync(join(ROOT, 'docs', 'dependencies.md'), 'utf8');
    expect(dependencyListFaults(declaredDependencies(ROOT), markdown)).toEqual([]);
  });

  it('is complete where one line names several', () => {
    expect(faults('| ajv, zod | schemas | MIT | active | libs |\n')).toEqual([]);
  });

  it('is at fault where a line is missing, left over, doubled or half empty', () => {
    expect(faults('| zod | schemas | MIT | active | libs |\n')).toEqual([
      'ajv has no line, but libs/registry/package.json declares it.',
    ]);
    expect(faults('| ajv, zod, left-pad | schemas | MIT | active | libs |\n')).toEqual([
      'left-pad has a line, but nobody declares it.',
    ]);
    expect(faults('| ajv, zod | schemas | MIT | active | libs |\n| ajv | again | MIT | active | libs |\n')).toEqual([
      'ajv has two lines.',
    ]);
    expect(faults('| ajv, zod | schemas | MIT |  | libs |\n')).toEqual([
      'The line of ajv, zod must say name, why, licence, upkeep and where.',
    ]);
  });
});
