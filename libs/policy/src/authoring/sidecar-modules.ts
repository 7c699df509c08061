import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BundleSources, GATE_FILE } from '../bundle-sources.js';
import type { Entrypoint } from '../entrypoint.js';
import { gateModule } from './gate-module.js';
import { type RunLimits, runOpa } from './opa-process.js';
import type { SyntaxOf } from './rego-syntax.js';
import { meansTheSame, type Place, parseRego, placeOfPackage, placesOfData, type RegoTree } from './rego-tree.js';
import type { PolicyFile } from './sources.js';

const MOVED = 'moved';
/** Parsers at work at once. */
const AT_ONCE = 4;

/**
 * The rules moved below `data.voorman_<revision>`: an OPA then holds several revisions side by side, and no decision can be
 * made by parts of two. Nothing of a file changes but its package and the word `data` where it is the root; `opa refactor
 * move` would also reformat, and its formatter drops parentheses that matter (`(a in b) == c`). For the same reason a file
 * of before 1.0, which OPA's API does not take as it is, is rewritten only if the parser finds the same rules in it after.
 * @returns `undefined` where the rules cannot be moved soundly; such a policy runs in process only.
 */
export async function sidecarModules(
  opa: string,
  folder: string,
  rules: readonly PolicyFile[],
  syntaxes: readonly SyntaxOf[],
  entrypoints: readonly Entrypoint[],
  revision: string,
  limits: RunLimits,
): Promise<BundleSources['sidecar']> {
  const root = `voorman_${revision}`;
  const old = new Set(syntaxes.filter((each) => each.rego === 0).map((each) => each.path));
  const modules: Record<string, string> = {};
  const left = [...rules, { path: GATE_FILE, text: gateModule(entrypoints) }];
  let isSound = true;
  const work = async (): Promise<void> => {
    for (let file = left.pop(); file !== undefined && isSound; file = left.pop()) {
      const text = await movedText(opa, folder, file, old.has(file.path), root, limits);
      if (text === undefined) isSound = false;
      else modules[file.path] = text;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return isSound ? { root, modules } : undefined;
}

async function movedText(
  opa: string,
  folder: string,
  { path, text }: PolicyFile,
  isOld: boolean,
  root: string,
  limits: RunLimits,
): Promise<string | undefined> {
  const name = join(MOVED, path);
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
  const tree = await parseRego(opa, folder, name, isOld ? 0 : 1, limits);
  if (!isOld) return withRoot(text, tree, root);
  const renewed = await runOpa(opa, folder, ['fmt', '--v0-v1', '--write', name], limits);
  if (renewed.code !== 0) return undefined;
  const newTree = await parseRego(opa, folder, name, 1, limits);
  return meansTheSame(tree, newTree) ? withRoot(await readFile(join(folder, name), 'utf8'), newTree, root) : undefined;
}

/** `undefined` where a place is not what the parser said. */
function withRoot(text: string, tree: RegoTree, root: string): string | undefined {
  const named = placeOfPackage(tree);
  if (named === undefined) return undefined;
  // The parser counts whole characters.
  const lines = text.split('\n').map((line) => Array.from(line));
  const edits = [...placesOfData(tree).map((place) => ({ ...place, isPackage: false })), { ...named, isPackage: true }];
  // From the end of each line, so that the places before stay where they are.
  for (const edit of edits.toSorted((a, b) => b.col - a.col)) {
    const line = lines[edit.row - 1];
    if (line === undefined) return undefined;
    const at = edit.isPackage ? edit.col - 1 : endOfData(line, edit);
    if (at === undefined) return undefined;
    line.splice(at, 0, edit.isPackage ? `${root}.` : `.${root}`);
  }
  return lines.map((line) => line.join('')).join('\n');
}

const DATA = 'data';

function endOfData(line: readonly string[], { col }: Place): number | undefined {
  const end = col - 1 + DATA.length;
  return line.slice(col - 1, end).join('') === DATA ? end : undefined;
}
