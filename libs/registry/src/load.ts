import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AgentManifest } from './agent-manifest.js';
import { compileTool } from './arguments.js';
import {
  DuplicateNameError,
  InvalidManifestError,
  ManifestError,
  ManifestUnreadableError,
  type Problem,
  UnknownToolError,
} from './errors.js';
import { readManifest } from './manifest-file.js';
import { ToolManifest, type ToolOf, type ToolType } from './tool-manifest.js';

/** An agent with the file that declares it. */
export type LoadedAgent = AgentManifest & { readonly file: string };

/** A tool with the file that declares it and the folder that its command runs in. */
export type LoadedTool = ToolManifest & { readonly file: string; readonly folder: string };

/** A loaded tool of one type. */
export type LoadedToolOf<T extends ToolType> = ToolOf<T> & { readonly file: string; readonly folder: string };

/** Everything that a folder declares, and what of it cannot be used. */
export interface Registry {
  readonly agents: readonly LoadedAgent[];
  readonly tools: readonly LoadedTool[];
  readonly problems: readonly Problem[];
}

/**
 * Reads `agents/<name>/agent.yaml`, `agents/*.yaml`, `tools/<name>/tool.yaml` and `tools/*.yaml` of a folder. A file that
 * cannot be used becomes a problem; the rest loads. Never throws for what a file says.
 */
export const loadRegistry = (dir: string): Promise<Registry> => loadRegistries([dir]);

/** The same for several folders: later ones add. Of two manifests with one name the first stays, the second is a problem. */
export async function loadRegistries(dirs: readonly string[]): Promise<Registry> {
  const problems: Problem[] = [];
  const agents = new Map<string, LoadedAgent>();
  const tools = new Map<string, LoadedTool>();
  for (const dir of dirs) {
    const kinds = (await attempt(problems, () => entriesOf(dir)))?.map((entry) => entry.name) ?? [];
    for (const file of kinds.includes('tools') ? await filesOf(join(dir, 'tools'), 'tool.yaml', problems) : []) {
      await attempt(problems, async () => add(tools, await loadTool(file)));
    }
    for (const file of kinds.includes('agents') ? await filesOf(join(dir, 'agents'), 'agent.yaml', problems) : []) {
      await attempt(problems, async () => add(agents, await loadAgent(file)));
    }
  }
  for (const agent of agents.values()) {
    for (const tool of agent.tools) {
      if (tools.has(tool)) continue;
      problems.push(
        new UnknownToolError(agent, `${agent.name} counts on the tool ${tool}, which is not here.`).toProblem(),
      );
    }
  }
  return { agents: [...agents.values()], tools: [...tools.values()], problems };
}

/** One agent. @throws {ManifestError} naming file and line. */
export const loadAgent = async (file: string): Promise<LoadedAgent> => ({
  ...(await readManifest(file, AgentManifest)),
  file,
});

/** One tool, with its schemas checked. @throws {ManifestError} naming file and line. */
export async function loadTool(file: string): Promise<LoadedTool> {
  const manifest = await readManifest(file, ToolManifest);
  try {
    compileTool(manifest);
  } catch (cause) {
    throw new InvalidManifestError({ file }, `schema: ${cause instanceof Error ? cause.message : 'is not usable'}.`, {
      cause,
    });
  }
  return { ...manifest, file, folder: dirname(file) };
}

function add<Manifest extends { name: string; file: string }>(known: Map<string, Manifest>, manifest: Manifest): void {
  const first = known.get(manifest.name);
  if (first) throw new DuplicateNameError(manifest, `${manifest.name} is already declared in ${first.file}.`);
  known.set(manifest.name, manifest);
}

/** The work's result; `undefined`, and a problem more, where a manifest stood in its way. */
async function attempt<Result>(problems: Problem[], work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (fault) {
    if (!(fault instanceof ManifestError)) throw fault;
    problems.push(fault.toProblem());
    return undefined;
  }
}

/** The manifests of one kind, by name: `*.yaml`, and the file named `inFolder` of each folder. */
async function filesOf(dir: string, inFolder: string, problems: Problem[]): Promise<string[]> {
  const entries = async (path: string) => (await attempt(problems, () => entriesOf(path))) ?? [];
  const files: string[] = [];
  for (const entry of await entries(dir)) {
    const path = join(dir, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (/\.ya?ml$/.test(entry.name)) files.push(path);
    else if (
      (await attempt(problems, () => isFolder(path))) &&
      (await entries(path)).some((inner) => inner.name === inFolder)
    ) {
      files.push(join(path, inFolder));
    }
  }
  return files.sort();
}

/** Links are followed: a mounted configuration consists of them. @throws {ManifestUnreadableError} for a broken one. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw new ManifestUnreadableError({ file: path }, 'it leads nowhere, or it cannot be read.', { cause });
  }
}

/** @throws {ManifestUnreadableError} where it is no folder, or closed to this user. */
async function entriesOf(dir: string): Promise<Dirent[]> {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch (cause) {
    throw new ManifestUnreadableError({ file: dir }, 'there is no such folder, or it cannot be read.', { cause });
  }
}
