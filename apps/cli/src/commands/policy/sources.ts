import { join } from 'node:path';
import { OpaCommand, type PolicySources, readPolicyFolder, registryData } from '@voorman/policy/authoring';
import { loadRegistries } from '@voorman/registry';
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
 * @throws {PolicyUnreadableError} @throws {PolicyRejectedError}
 */
export async function findSources(data: DataFolder, folder: string | undefined): Promise<FoundSources> {
  const stack = await findStack(data);
  const folders =
    stack === undefined || stack.registry.length === 0 ? [join(ROOT, 'deploy', 'registry')] : stack.registry;
  const policies = folder ?? stack?.policies ?? join(folders[0] ?? '', 'policies');
  const [rules, registry] = await Promise.all([readPolicyFolder(policies), loadRegistries(folders)]);
  return { folder: policies, sources: { ...rules, registry: registryData(registry.agents, registry.tools) } };
}

/** The compiler that the stack uses too. */
export const compiler = (): Promise<OpaCommand> => OpaCommand.locate();
