import { join } from 'node:path';
import { VoormanError } from '@voorman/envelope';
import { OpaCommand, type PolicySources, readPolicyFolder, registryData } from '@voorman/policy/authoring';
import { loadRegistries } from '@voorman/registry';
import { BadFileError } from '../../errors.js';
import { type DataFolder, ROOT } from '../../stack/data-folder.js';
import { findStack } from '../../stack/state-file.js';

/** A policy folder as it is now, with the registry that its rules see. */
export interface FoundSources {
  readonly folder: string;
  readonly sources: PolicySources;
}

/**
 * Reads a policy folder; the registry is that of the running stack, or else the shipped one.
 * @param folder default: that of the running stack, or else the shipped one.
 * @throws {BadFileError} the folder that the user named. @throws {PolicyUnreadableError} @throws {PolicyRejectedError}
 */
export async function findSources(data: DataFolder, folder: string | undefined): Promise<FoundSources> {
  const stack = await findStack(data);
  const folders =
    stack === undefined || stack.registry.length === 0 ? [join(ROOT, 'deploy', 'registry')] : stack.registry;
  const policies = folder ?? stack?.policies ?? join(folders[0] ?? '', 'policies');
  const [rules, registry] = await Promise.all([rulesIn(policies, folder !== undefined), loadRegistries(folders)]);
  return { folder: policies, sources: { ...rules, registry: registryData(registry.agents, registry.tools) } };
}

/** A folder that the user named and that cannot be read is bad input; one of the stack is a fault of the stack. */
const rulesIn = (folder: string, isNamed: boolean): ReturnType<typeof readPolicyFolder> =>
  readPolicyFolder(folder).catch((fault: unknown) => {
    if (!isNamed || !(fault instanceof VoormanError) || fault.code !== 'policy/unreadable') throw fault;
    throw new BadFileError(fault.message, fault.next, { cause: fault });
  });

/** The compiler that the stack uses too. */
export const compiler = (): Promise<OpaCommand> => OpaCommand.locate();
