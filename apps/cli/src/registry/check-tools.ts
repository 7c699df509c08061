import { VoormanError } from '@voorman/envelope';
import type { LoadedTool, Registry } from '@voorman/registry';
import { checkPolicy, policyBeside } from './check-policy.js';
import { checkReferences } from './check-references.js';
import { type Before, checkVersion } from './check-versions.js';
import { GitFolder } from './git-revisions.js';
import { type Finding, findingsOf } from './tool-finding.js';

export interface CheckOptions {
  readonly folders: readonly string[];
  readonly registry: Registry;
  /** The tools to check. */
  readonly tools: readonly LoadedTool[];
  /** The commit that versions are compared with; forty zeros for none. */
  readonly against: string;
  /** Whether manifests that cannot be used belong to what is checked. */
  readonly withProblems: boolean;
}

/** Everything that can be said of tools before anybody signs them. @throws {BadFileError} no such commit. */
export async function checkTools(options: CheckOptions): Promise<readonly Finding[]> {
  const { folders, registry, tools, withProblems } = options;
  const found: Finding[] = [];
  for (const { file, line, message, next } of withProblems ? registry.problems : []) {
    found.push(findingsOf(line === undefined ? file : `${file}:${line}`, 'schema').error(`${message} ${next}`));
  }
  const others = new Map(registry.tools.map((tool) => [tool.name, tool]));
  const befores = await beforesOf(options);
  const policy = await answering(() => policyBeside(folders, registry));
  if ('fault' in policy) found.push(findingsOf('policies', 'policy').warning(policy.fault.message));
  else if (policy.result === undefined) {
    found.push(findingsOf('policies', 'policy').note('No policy lies beside these tools, so it was not asked.'));
  }
  for (const tool of tools) {
    found.push(...checkName(tool, registry.tools), ...(await checkReferences(tool, others)));
    found.push(...(await versionFindings(tool, befores)));
    if ('result' in policy && policy.result !== undefined) found.push(...checkPolicy(tool, registry, policy.result));
  }
  return found;
}

/** How Git, and what runs on it, write that there was no commit before: on a branch that is new. */
const NO_COMMIT = /^0{40}(0{24})?$/;

/** What lay in each registry folder at the commit; nothing for a folder that is in no repository. */
async function beforesOf({
  folders,
  against,
}: CheckOptions): Promise<readonly (Before & { readonly folder: string })[]> {
  const befores: (Before & { readonly folder: string })[] = [];
  if (NO_COMMIT.test(against)) return befores;
  for (const folder of folders) {
    const git = await GitFolder.find(folder);
    if (git === undefined || (against === 'HEAD' && (await git.commit('HEAD')) === undefined)) continue;
    const commit = await git.requireCommit(against);
    const tools = await git.toolsAt(commit);
    befores.push({ folder, ref: against, tools, changedIn: (inner) => git.changedSince(commit, inner) });
  }
  return befores;
}

async function versionFindings(
  tool: LoadedTool,
  befores: readonly (Before & { readonly folder: string })[],
): Promise<readonly Finding[]> {
  const say = findingsOf(tool.name, 'version');
  const before = befores.find(({ folder }) => tool.file.startsWith(`${folder}/`));
  if (before === undefined) return [say.note('No earlier commit is known here: its version was not compared.')];
  const checked = await answering(() => checkVersion(tool, before));
  return 'result' in checked ? checked.result : [say.error(checked.fault.message)];
}

/** Names that people or models would take for each other. */
function checkName(tool: LoadedTool, all: readonly LoadedTool[]): readonly Finding[] {
  const say = findingsOf(tool.name, 'name');
  const plain = (name: string) => name.toLowerCase().replace(/[_-]/g, '').replaceAll('0', 'o').replace(/[1i]/g, 'l');
  const twins = all.filter((other) => other.name !== tool.name && plain(other.name) === plain(tool.name));
  return [
    ...twins.map((twin) => say.error(`It reads like ${twin.name}, and one would be called for the other.`)),
    ...(tool.description === undefined
      ? [say.warning('It has no description: who is to choose it cannot know what it does.')]
      : []),
  ];
}

/** What came of something that a person's files may stand in the way of. */
async function answering<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result } | { readonly fault: VoormanError }> {
  try {
    return { result: await work() };
  } catch (fault) {
    if (fault instanceof VoormanError) return { fault };
    throw fault;
  }
}
