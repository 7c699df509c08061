import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { loadRegistries, readManifest } from '@voorman/registry';
import { z } from 'zod';
import { registryData } from '../domain/registry-data.js';
import type { PolicyFile } from '../domain/sources.js';
import { PolicyUnreadableError } from '../errors.js';
import type { ReadSources } from '../ports.js';

/** The file of a policy folder that names the rules that answer. */
const ENTRYPOINTS = 'entrypoints.yaml';
const Entrypoints = z.strictObject({
  entrypoints: z
    .array(z.string().regex(/^\w+(\/\w+)+$/, 'must be a rule, such as voorman/authz/decision'))
    .min(1)
    .max(50),
});

/** Policy folders are shallow; a link that leads back into itself ends here. */
const MAX_DEPTH = 16;

/** The folders that a policy is made of. */
export interface PolicyFolders {
  /** Rego files, at any depth, and `entrypoints.yaml`. */
  readonly policiesDir: string;
  /** Manifests of agents and tools; of several folders, later ones add. */
  readonly registryDir: string | readonly string[];
}

/**
 * Reads the Rego files and what the manifests say.
 * @throws {PolicyUnreadableError} a folder or file is missing or closed to this user, or there is no Rego at all.
 * @throws {ManifestError} `entrypoints.yaml` cannot be used; names file and line.
 */
export async function readSources({ policiesDir, registryDir }: PolicyFolders): Promise<ReadSources> {
  const files = await regoFiles(policiesDir, policiesDir, 0);
  if (files.length === 0) throw new PolicyUnreadableError(`there is no .rego file in ${policiesDir}`);
  const { entrypoints } = await readManifest(join(policiesDir, ENTRYPOINTS), Entrypoints);
  const registry = await loadRegistries([registryDir].flat());
  return {
    sources: { files, entrypoints, registry: registryData(registry.agents, registry.tools) },
    problems: registry.problems,
  };
}

async function regoFiles(root: string, folder: string, depth: number): Promise<PolicyFile[]> {
  if (depth > MAX_DEPTH) throw new PolicyUnreadableError(`${folder} lies too deep`);
  const files: PolicyFile[] = [];
  for (const entry of await entriesOf(folder)) {
    // A mounted configuration keeps its versions in hidden folders and links to the current one.
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (await isFolder(path)) files.push(...(await regoFiles(root, path, depth + 1)));
    else if (entry.name.endsWith('.rego')) files.push({ path: relative(root, path), text: await textOf(path) });
  }
  return files;
}

const entriesOf = (folder: string): Promise<Dirent[]> =>
  orUnreadable(folder, async () =>
    (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1)),
  );

const isFolder = (path: string): Promise<boolean> => orUnreadable(path, async () => (await stat(path)).isDirectory());

const textOf = (path: string): Promise<string> =>
  orUnreadable(path, async () => new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)));

async function orUnreadable<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new PolicyUnreadableError(`${path} (${code})`, { cause });
  }
}
