import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { VoormanError } from '@voorman/envelope';
import { parseManifest, ToolManifest } from '@voorman/registry';
import { BadFileError } from '../errors.js';

const run = promisify(execFile);
const MAX_BYTES = 64 * 2 ** 20;

/** The Git repository that a folder lies in. */
export class GitFolder {
  private constructor(
    private readonly root: string,
    private readonly folder: string,
  ) {}

  /** `undefined` where the folder lies in no repository, or there is no Git here. */
  static async find(folder: string): Promise<GitFolder | undefined> {
    const full = await realpath(folder);
    const root = await git(full, ['rev-parse', '--show-toplevel']).catch(() => undefined);
    return root === undefined ? undefined : new GitFolder(await realpath(root.trim()), full);
  }

  /** The name of a commit, in full; `undefined` where there is none of that name. */
  async commit(ref: string): Promise<string | undefined> {
    // A name that begins with a dash would be taken for an option.
    if (ref.startsWith('-')) return undefined;
    return (
      await git(this.root, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]).catch(() => undefined)
    )?.trim();
  }

  /** @throws {BadFileError} there is no such commit. */
  async requireCommit(ref: string): Promise<string> {
    const commit = await this.commit(ref);
    if (commit !== undefined) return commit;
    throw new BadFileError(
      `Git knows no commit called ${ref.slice(0, 80)} here.`,
      'Name a branch, a tag or a commit; in CI, fetch the whole history first.',
    );
  }

  /** The tools that lay in the folder at a commit, by name. A manifest that could not be read then is left out. */
  async toolsAt(commit: string): Promise<ReadonlyMap<string, ToolManifest>> {
    const listed = await git(this.root, ['ls-tree', '-r', '--name-only', '-z', commit, '--', this.#path('.')]);
    const below = this.#path('tools');
    const files = listed
      .split('\0')
      .filter(
        (file) => file.startsWith(`${below}/`) && /^[^/]+(\/tool\.yaml|\.ya?ml)$/.test(file.slice(below.length + 1)),
      );
    const tools = new Map<string, ToolManifest>();
    for (const file of files) {
      const tool = readTool(file, await git(this.root, ['show', `${commit}:${file}`]));
      if (tool !== undefined) tools.set(tool.name, tool);
    }
    return tools;
  }

  /** Files below a folder that are not as they were at a commit, as paths below that folder; new ones too. */
  async changedSince(commit: string, folder: string): Promise<readonly string[]> {
    const path = relative(this.root, await realpath(folder)) || '.';
    const [changed, fresh] = await Promise.all([
      git(this.root, ['diff', '--name-only', '-z', '--no-renames', commit, '--', path]),
      git(this.root, ['ls-files', '--others', '--exclude-standard', '-z', '--', path]),
    ]);
    return `${changed}${fresh}`
      .split('\0')
      .filter((file) => file !== '')
      .map((file) => relative(path, file));
  }

  #path(inner: string): string {
    return relative(this.root, resolve(this.folder, inner)) || '.';
  }
}

/** What this release cannot read, an older one wrote: there is nothing to compare with. */
function readTool(file: string, text: string): ToolManifest | undefined {
  try {
    return parseManifest(file, text, ToolManifest);
  } catch (fault) {
    if (fault instanceof VoormanError) return undefined;
    throw fault;
  }
}

async function git(cwd: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', [...args], { cwd, maxBuffer: MAX_BYTES, encoding: 'utf8' });
  return stdout;
}
