import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SessionBudget } from '@voorman/envelope';
import { ManifestError, type Problem, readManifest } from '@voorman/registry';
import { z } from 'zod';

/** What holds where no registry folder has a `budget.yaml`. */
const DEFAULT_BUDGET: SessionBudget = { calls: 1_000, parallel: 64, refusals: 50 };

/** The budget of the first registry folder that has a `budget.yaml`; a broken one is a problem, and counts as none. */
export async function loadBudget(
  folders: readonly string[],
): Promise<{ readonly budget: SessionBudget; readonly problems: readonly Problem[] }> {
  for (const folder of folders) {
    const file = join(folder, 'budget.yaml');
    if (!(await isThere(file))) continue;
    try {
      return { budget: await readManifest(file, SessionBudget.strict()), problems: [] };
    } catch (fault) {
      if (!(fault instanceof ManifestError)) throw fault;
      return { budget: DEFAULT_BUDGET, problems: [fault.toProblem()] };
    }
  }
  return { budget: DEFAULT_BUDGET, problems: [] };
}

const Publishers = z.array(z.object({ name: z.string(), tenant: z.string(), roles: z.array(z.string()).default([]) }));

/** The roles that a publisher's people may have, as the file says it now; none where there is no file. */
export async function rolesIn(file: string | undefined, tenant: string, publisher: string): Promise<readonly string[]> {
  if (file === undefined || !(await isThere(file))) return [];
  const known = Publishers.parse(JSON.parse(await readFile(file, 'utf8')));
  return known.find((each) => each.name === publisher && each.tenant === tenant)?.roles ?? [];
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
