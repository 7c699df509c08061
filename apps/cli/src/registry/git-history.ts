import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { BadFileError } from '../errors.js';

/** A folder as a commit has it, laid out in a place of its own until it is disposed of. */
export interface FolderThen extends AsyncDisposable {
  /** Where it lies now; a folder that the commit does not have is there and empty. */
  readonly path: string;
  /** The commit's full name. */
  readonly commit: string;
}

const MAX_OUTPUT_BYTES = 64 * 2 ** 20;

/**
 * Lays a folder out as a commit has it. Neither the working tree nor the index of the repository is touched.
 * @param revision whatever Git takes for a commit. @throws {BadFileError} no repository, no such commit, or no Git here.
 */
export async function folderAt(folder: string, revision: string): Promise<FolderThen> {
  const top = (await git(folder, ['rev-parse', '--show-toplevel'])).trim();
  // A name that begins with a dash would be an option.
  const commit = (
    await git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`])
  ).trim();
  const below = relative(await realpath(top), await realpath(folder))
    .split(sep)
    .join('/');
  const scratch = await mkdtemp(join(tmpdir(), 'voorman-commit-'));
  const dispose = (): Promise<void> => rm(scratch, { recursive: true, force: true });
  try {
    const own = { GIT_INDEX_FILE: join(scratch, 'index') };
    await git(top, ['read-tree', commit], own);
    const listed = await git(top, ['ls-files', '-z', '--', below === '' ? '.' : below], own);
    await mkdir(join(scratch, 'tree', below), { recursive: true });
    await git(top, ['checkout-index', '-z', '--stdin', `--prefix=${join(scratch, 'tree')}/`], own, listed);
    return { path: join(scratch, 'tree', below), commit, [Symbol.asyncDispose]: dispose };
  } catch (fault) {
    await dispose();
    throw fault;
  }
}

function git(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES } as const;
    const child = execFile('git', args, options, (cause, stdout, stderr) => {
      if (cause === null) return resolve(stdout);
      const said = stderr.trim().split('\n')[0] || `git ${args[0]} found nothing`;
      reject(
        new BadFileError(
          `Git cannot tell what ${cwd} was: ${said}.`,
          'Name a commit of the repository that holds the folder.',
          { cause },
        ),
      );
    });
    // Git may have ended before it read everything; its exit code tells.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
