import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { ManifestError, type Problem, readManifest } from '@voorman/registry';
import { Sandboxes, SandboxFile } from './profile.js';

/**
 * Reads `sandboxes.yaml` of every registry folder that has one. Of two profiles with one name the first counts, and the
 * first folder that names a default decides. A file that cannot be used is a problem; its profiles are then unknown, so
 * that what was to run in them is refused.
 */
export async function loadSandboxes(
  folders: readonly string[],
): Promise<{ readonly sandboxes: Sandboxes; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  let merged: SandboxFile | undefined;
  for (const folder of folders) {
    const file = join(folder, 'sandboxes.yaml');
    if (!(await isThere(file))) continue;
    try {
      const read = await readManifest(file, SandboxFile);
      merged = { default: merged?.default ?? read.default, profiles: { ...read.profiles, ...merged?.profiles } };
    } catch (fault) {
      if (!(fault instanceof ManifestError)) throw fault;
      problems.push(fault.toProblem());
    }
  }
  return { sandboxes: new Sandboxes(merged ?? SandboxFile.parse({})), problems };
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
