import { readPolicyFolder, registryData } from '@voorman/policy/authoring';
import { loadRegistries } from '@voorman/registry';
import type { ReadSources } from '../ports.js';

/** The folders that a policy is made of. */
export interface PolicyFolders {
  /** Rego files and data documents, at any depth, and `entrypoints.yaml`. */
  readonly policiesDir: string;
  /** Manifests of agents and tools; of several folders, later ones add. */
  readonly registryDir: string | readonly string[];
}

/**
 * Reads the policy folder and what the manifests say.
 * @throws {PolicyUnreadableError} @throws {PolicyRejectedError} as `readPolicyFolder` says.
 */
export async function readSources({ policiesDir, registryDir }: PolicyFolders): Promise<ReadSources> {
  const folder = await readPolicyFolder(policiesDir);
  const registry = await loadRegistries([registryDir].flat());
  return {
    sources: { ...folder, registry: registryData(registry.agents, registry.tools) },
    problems: registry.problems,
  };
}
