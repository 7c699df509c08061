import { access } from 'node:fs/promises';
import { loadRegistries, type Registry } from '@voorman/registry';
import { UsageError } from '../errors.js';
import { consequence } from '../registry/problem.js';

/**
 * The agents and tools of several folders together. Says which files are left out, and why.
 * @throws {UsageError} a folder that the user named is not there: not a mistake to pass over.
 */
export async function readRegistry(folders: readonly string[], say: (line: string) => void): Promise<Registry> {
  for (const folder of folders) {
    await access(folder).catch((cause: unknown) => {
      throw new UsageError(`The registry folder ${folder} cannot be read.`, 'Check the path after --registry.', {
        cause,
      });
    });
  }
  const registry = await loadRegistries(folders);
  for (const problem of registry.problems) say(consequence(problem));
  return registry;
}
