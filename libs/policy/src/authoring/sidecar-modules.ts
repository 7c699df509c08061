import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BundleSources, GATE_FILE } from '../bundle-sources.js';
import type { Entrypoint } from '../entrypoint.js';
import { gateModule } from './gate-module.js';
import { type RunLimits, runOpa } from './opa-process.js';
import type { SyntaxOf } from './rego-syntax.js';
import type { PolicyFile } from './sources.js';

const MOVED = 'moved';

/**
 * The rules moved below `data.voorman_<revision>`, by opa's own refactoring: an OPA then holds several revisions side by
 * side, and no decision can be made by parts of two. The names of its policies and data say which revision they are.
 * @returns `undefined` where the rules cannot be moved; such a policy runs in process only.
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
  for (const { path, text } of [...rules, { path: GATE_FILE, text: gateModule(entrypoints) }]) {
    const target = join(folder, MOVED, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
  const names = new Set(rules.map((file) => file.path));
  const old = syntaxes.filter((each) => each.rego === 0 && names.has(each.path)).map((each) => `${MOVED}/${each.path}`);
  if (old.length > 0) {
    const renewed = await runOpa(opa, folder, ['fmt', '--v0-v1', '--write', ...old], limits);
    if (renewed.code !== 0) return undefined;
  }
  const moved = await runOpa(opa, folder, ['refactor', 'move', '-p', `data:data.${root}`, '--write', MOVED], limits);
  if (moved.code !== 0) return undefined;
  const modules: Record<string, string> = {};
  for (const path of [...names, GATE_FILE]) modules[path] = await readFile(join(folder, MOVED, path), 'utf8');
  return { root, modules };
}
