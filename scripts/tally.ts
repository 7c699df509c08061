/**
 * Sums the reports that the projects' tests left and prints `N passed, N failed` as the last line; exits 1 if any failed.
 * `node scripts/tally.ts [--chosen] CODE`: CODE is what the runs exited with. A project without a report counts as a
 * failure (with --chosen only what ran is expected to have one), and so does a failed run of which no report tells.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sentence, sumOf, type Tally, tallyOf } from './checks/src/tally.ts';
import { readProjects } from './checks/src/workspace.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const onlyChosen = process.argv.includes('--chosen');
const runFailed = process.argv.at(-1) !== '0';

const tallies = readProjects(root)
  .filter((project) => project.hasTests)
  .flatMap(({ folder, name }): Tally[] => {
    const file = join(root, folder, 'reports', 'vitest.json');
    if (existsSync(file)) {
      const tally = tallyOf(JSON.parse(readFileSync(file, 'utf8')));
      if (tally.failed > 0) console.error(`${name}: ${sentence(tally)}`);
      return [tally];
    }
    if (onlyChosen) return [];
    console.error(`${name} left no report: its tests did not run.`);
    return [{ passed: 0, failed: 1, skipped: 0 }];
  });
const counted = sumOf(tallies);
const untold = runFailed && counted.failed === 0;
if (untold) console.error('A test run failed, and no report says why: look above.');
const total = untold ? { ...counted, failed: 1 } : counted;
console.log(sentence(total));
process.exitCode = total.failed === 0 ? 0 : 1;
