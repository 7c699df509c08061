import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { Cache } from './cache.ts';
import { ask } from './command.ts';
import { ToolSettingError } from './errors.ts';
import type { Tool } from './pins.ts';
import { isAtLeast, readVersion } from './version.ts';

export interface LocatedTool {
  /** Absolute. */
  readonly path: string;
  /** As the program itself says. */
  readonly version: string;
}

/**
 * The program that the user named in the tool's setting; undefined where nothing is set.
 * @throws {ToolSettingError} it is missing, does not run, or is too old: a wish is not silently replaced.
 */
export async function findConfigured(
  tool: Tool,
  env: NodeJS.ProcessEnv,
  cache: Cache,
): Promise<LocatedTool | undefined> {
  const named = env[tool.setting];
  if (named === undefined || named === '') return undefined;
  const path = resolve(named);
  const refuse = (fault: string): ToolSettingError => new ToolSettingError(tool.setting, path, fault, tool.minimum);
  if (!isProgram(path)) throw refuse('is not a program that can be run');
  const version = await versionOf(tool, path, cache);
  if (version === undefined) throw refuse('does not say its version');
  if (!isAtLeast(version, tool.minimum)) throw refuse(`is of version ${version.text}`);
  return { path, version: version.text };
}

/** The first program of that name on PATH that is new enough. */
export async function findOnPath(tool: Tool, env: NodeJS.ProcessEnv, cache: Cache): Promise<LocatedTool | undefined> {
  for (const path of programsOnPath(tool.name, env)) {
    const version = await versionOf(tool, path, cache);
    if (version !== undefined && isAtLeast(version, tool.minimum)) return { path, version: version.text };
  }
  return undefined;
}

/** Every program of that name on PATH, in PATH's order. */
export function programsOnPath(name: string, env: NodeJS.ProcessEnv): string[] {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...new Set(folders.map((folder) => resolve(folder, name)))].filter(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // absent and not runnable are one answer to this question
  }
}

/** Starting a program only to ask its version costs up to 0.1 s, so the answer is kept until the file changes. */
async function versionOf(tool: Tool, path: string, cache: Cache) {
  const { size, mtimeMs } = statSync(path);
  const mark = `${size} ${mtimeMs}`;
  const known = cache.recallVersion(path, mark);
  if (known !== undefined) return readVersion(known);
  const answer = await ask(path, tool.versionArguments);
  const version = answer.exitCode === 0 ? readVersion(answer.output) : undefined;
  if (version !== undefined) cache.rememberVersion(path, mark, version.text);
  return version;
}

/** Where the file `name` lies in a folder, as long as it can be run. */
export function programIn(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  return isProgram(path) ? path : undefined;
}
