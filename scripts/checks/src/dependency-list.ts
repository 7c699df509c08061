import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePatterns } from './workspace.ts';

/** A package from outside, and the manifests that declare it. */
export type Declared = ReadonlyMap<string, readonly string[]>;

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** What every package.json of the clone declares, our own packages left out. */
export function declaredDependencies(root: string): Declared {
  const patterns = packagePatterns(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'));
  const files = [
    'package.json',
    ...globSync(
      patterns.map((pattern) => `${pattern}/package.json`),
      { cwd: root },
    ).sort(),
  ];
  const declared = new Map<string, string[]>();
  for (const file of files) {
    const manifest: Manifest = JSON.parse(readFileSync(join(root, file), 'utf8'));
    const all = {
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
      ...manifest.peerDependencies,
    };
    for (const [name, version] of Object.entries(all)) {
      if (!version.startsWith('workspace:')) declared.set(name, [...(declared.get(name) ?? []), file]);
    }
  }
  return declared;
}

/**
 * Where `docs/dependencies.md` and the manifests part, one sentence each. A line of its table names one package, or
 * several with commas between, and has no empty cell.
 */
export function dependencyListFaults(declared: Declared, markdown: string): string[] {
  const rows = rowsIn(markdown);
  const listed = rows.flatMap((row) => (row[0] ?? '').split(',').map((name) => name.trim()));
  return [
    ...[...declared]
      .filter(([name]) => !listed.includes(name))
      .map(([name, files]) => `${name} has no line, but ${files.join(', ')} declares it.`),
    ...[...new Set(listed)]
      .filter((name) => !declared.has(name))
      .map((name) => `${name} has a line, but nobody declares it.`),
    ...listed.filter((name, index) => listed.indexOf(name) !== index).map((name) => `${name} has two lines.`),
    ...rows
      .filter((row) => row.length !== 5 || row.includes(''))
      .map(([name]) => `The line of ${name} must say name, why, licence, upkeep and where.`),
  ];
}

/** The cells of each line of the one table, its head left out. */
function rowsIn(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
