import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');

/** A folder of its own under the house's lint configuration, for files that are to break its rules. */
export interface LintedFolder {
  /** Puts a file there, with the folders that lead to it. */
  write(path: string, lines: readonly string[]): void;
  /** The errors that the linter reports on one of the files; empty when there are none. */
  lint(path: string): string;
  remove(): void;
}

/** Makes such a folder among the machine's temporary ones. */
export function lintedFolder(): LintedFolder {
  const folder = mkdtempSync(join(tmpdir(), 'voorman-linted-'));
  copyFileSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
  spawnSync('git', ['init', '--quiet', folder]); // biome.json asks for a repository
  writeFileSync(join(folder, '.gitignore'), '');
  return {
    write(path, lines) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), lines.join('\n'));
    },
    lint(path) {
      const biome = join(ROOT, 'node_modules', '.bin', 'biome');
      const run = spawnSync(biome, ['lint', '--diagnostic-level=error', path], { cwd: folder, encoding: 'utf8' });
      return run.status === 0 ? '' : run.stdout + run.stderr;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
