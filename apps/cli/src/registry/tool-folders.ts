import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type LoadedTool, loadRegistries, type Registry } from '@voorman/registry';
import { BadFileError, NameError } from '../errors.js';
import { type DataFolder, ROOT } from '../stack/data-folder.js';
import { findStack } from '../stack/state-file.js';
import { localTrustFolder } from './local-signer.js';

/** The registry folders that a command is about, and what they declare. */
export interface ToolFolders {
  readonly folders: readonly string[];
  readonly registry: Registry;
  /** Where to read whom to trust: beside the tools, and in the data folder. */
  readonly trust: readonly string[];
}

/**
 * @param given registry folders; default: those of the running stack, else the shipped one.
 * @throws {BadFileError} a folder is not there.
 */
export async function toolFolders(data: DataFolder, given: readonly string[] | undefined): Promise<ToolFolders> {
  const folders =
    given === undefined || given.length === 0 ? await foldersOf(data) : given.map((each) => resolve(each));
  for (const folder of folders) {
    await access(folder).catch((cause: unknown) => {
      throw new BadFileError(`The registry folder ${folder} cannot be read.`, 'Check the path.', { cause });
    });
  }
  const trust = [...folders.map((folder) => join(folder, 'trust')), localTrustFolder(data)];
  return { folders, registry: await loadRegistries(folders), trust };
}

async function foldersOf(data: DataFolder): Promise<readonly string[]> {
  const stack = await findStack(data);
  return stack === undefined || stack.registry.length === 0 ? [join(ROOT, 'deploy', 'registry')] : stack.registry;
}

/** The tools of these names; all where none is named. @throws {NameError} one is not here, with its reason. */
export function chosenTools({ tools, problems }: Registry, names: readonly string[]): readonly LoadedTool[] {
  for (const name of names) {
    if (tools.some((tool) => tool.name === name)) continue;
    const known = tools.map((tool) => tool.name).join(', ') || 'none';
    throw new NameError(
      `There is no tool called ${name.slice(0, 80)} in these folders.`,
      `They declare: ${known}.${problems.length === 0 ? '' : ` ${problems.length} more manifests cannot be used; voorman tools check says why.`}`,
    );
  }
  return names.length === 0 ? tools : tools.filter((tool) => names.includes(tool.name));
}
