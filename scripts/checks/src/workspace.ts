import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One package of the workspace, as far as the checks look at it. */
export interface Project {
  /** Relative to the clone's root, with forward slashes. */
  readonly folder: string;
  readonly name: string;
  readonly tags: readonly string[];
  /** Whether `nx run-many -t test` runs something for it. */
  readonly hasTests: boolean;
  /** Names of everything it declares, for the product and for its tests. */
  readonly dependencies: readonly string[];
}

interface Manifest {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly nx?: { readonly tags?: readonly string[]; readonly targets?: Readonly<Record<string, unknown>> };
}

/** Every project that pnpm-workspace.yaml lists. */
export function readProjects(root: string): Project[] {
  const patterns = packagePatterns(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'));
  return globSync(patterns, { cwd: root })
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .sort()
    .map((folder) => readProject(root, folder));
}

/** The entries under `packages:`; the rest of the file is pnpm's business. */
export function packagePatterns(yaml: string): string[] {
  const section = /^packages:\n((?: +- .*\n)+)/m.exec(yaml)?.[1] ?? '';
  return [...section.matchAll(/^ +- ["']?([^"'\n]+?)["']?$/gm)].map((line) => line[1] ?? '');
}

function readProject(root: string, folder: string): Project {
  const manifest: Manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  return {
    folder: folder.replaceAll('\\', '/'),
    name: manifest.name ?? folder,
    tags: manifest.nx?.tags ?? [],
    hasTests: manifest.nx?.targets?.test !== undefined,
    dependencies: Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }),
  };
}
