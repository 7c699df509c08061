/** `node scripts/checks/src/main.ts floors|text`: one check of the whole clone; prints every fault, exits 1 if any. */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { floorFaults } from './floors.ts';
import { forbiddenText, type Text } from './forbidden-text.ts';
import { readProjects } from './workspace.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const LARGEST_TEXT_BYTES = 4 * 1024 * 1024;

const CHECKS: Readonly<Record<string, () => string[]>> = {
  floors: () => floorFaults(readProjects(ROOT)),
  text: () => forbiddenText(committedTexts()),
};

function committedTexts(): Text[] {
  const listing = spawnSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' });
  if (listing.status !== 0) throw new Error(`git ls-files: ${listing.stderr || listing.error?.message}`);
  return listing.stdout
    .split('\0')
    .filter((path) => path !== '' && (statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile() ?? false))
    .filter((path) => statSync(join(ROOT, path)).size <= LARGEST_TEXT_BYTES)
    .map((path) => ({ path, content: readFileSync(join(ROOT, path), 'utf8') }));
}

const name = process.argv[2] ?? '';
const check = CHECKS[name];
if (check === undefined) {
  console.error(`Usage: main.ts ${Object.keys(CHECKS).join('|')}`);
  process.exitCode = 64;
} else {
  const faults = check();
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
