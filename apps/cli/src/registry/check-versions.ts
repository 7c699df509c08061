import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readToolFiles } from '@voorman/distribution';
import {
  compareTools,
  isEnough,
  type LoadedTool,
  largestStep,
  nextVersion,
  stepFor,
  type ToolManifest,
} from '@voorman/registry';
import { type Finding, findingsOf } from './tool-finding.js';

/** What a package leaves out, as far as a path shows it: of a file that is gone nothing else can be asked. */
const NO_PART =
  /(^|\/)(\.|dist\/|reports\/|coverage\/|node_modules\/|__pycache__\/|tsconfig\.json$|tool\.dsse\.json$)|\.(spec|test)\.\w+$/;

/** What lay in the registry before, and what of its files is different now. */
export interface Before {
  /** As people called it: HEAD, main. */
  readonly ref: string;
  readonly tools: ReadonlyMap<string, ToolManifest>;
  /** Files of a tool's folder that are not as they were, by paths below it. */
  changedIn(folder: string): Promise<readonly string[]>;
}

/** Whether a tool's version grew by as much as its changes ask for. */
export async function checkVersion(tool: LoadedTool, before: Before): Promise<readonly Finding[]> {
  const say = findingsOf(tool.name, 'version');
  const was = before.tools.get(tool.name);
  if (was === undefined) return [say.note(`It is new since ${before.ref}.`)];
  const changes = compareTools(was, tool);
  const files = await changedFiles(tool, before);
  const step = largestStep([stepFor(changes), files.length > 0 ? 'patch' : 'none']);
  const told = [
    ...changes.map((change) => `${change.step}: ${change.part} ${change.says}`),
    ...(files.length > 0 ? [`patch: ${files.slice(0, 5).join(', ')}${files.length > 5 ? ', …' : ''} changed.`] : []),
  ];
  if (isEnough(was.version, tool.version, step)) {
    return told.length === 0 ? [] : [say.note(`${was.version} → ${tool.version}. ${told.join(' ')}`)];
  }
  if (step === 'none') {
    return [say.error(`The version goes back from ${was.version} to ${tool.version}, and nothing else changed.`)];
  }
  return [
    say.error(
      `${was.version} → ${tool.version} is too little: ${article(step)} step is needed, at least ${nextVersion(was.version, step)}. ${told.join(' ')}`,
    ),
  ];
}

/** Files that belong to the tool; its manifest is compared by what it says. */
async function changedFiles(tool: LoadedTool, before: Before): Promise<readonly string[]> {
  if (basename(tool.file) !== 'tool.yaml') return [];
  const own = new Set((await readToolFiles(tool)).map((file) => file.path));
  const changed = await before.changedIn(tool.folder);
  const isGone = (path: string) => !NO_PART.test(path) && !existsSync(join(tool.folder, path));
  return changed.filter((path) => path !== 'tool.yaml' && (own.has(path) || isGone(path))).sort();
}

const article = (step: string): string => `a ${step}`;
