import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '@voorman/files';
import { type CompiledTool, compileTool, type LoadedTool, readManifest, ToolManifest } from '@voorman/registry';
import { ChangedError } from '@voorman/signing';
import { UnusablePackageError } from './errors.js';
import type { ToolStatement } from './statement.js';
import { MANIFEST_FILE, type ToolFile } from './tool-files.js';
import { requireSigned, unpack } from './tool-package.js';

/**
 * Lays the files of a verified tool out on disk, under their digest, and prepares its checks from the manifest there. A folder that is
 * there already is read again and compared with what was signed: one that somebody meddled with is laid out anew.
 * @param fetch the package, asked for only where it is needed. @throws {ChangedError} it holds other files than were signed.
 * @throws {UnusablePackageError} @throws {ManifestError} and what `fetch` throws.
 */
export async function layOutTool(
  root: string,
  digest: string,
  statement: ToolStatement,
  fetch: () => Promise<Uint8Array>,
): Promise<CompiledTool<LoadedTool>> {
  const what = `${statement.name} ${statement.version}`;
  const folder = join(root, digest.replace('sha256:', ''));
  if (!(await isAsSigned(folder, statement, what))) {
    const files = unpack(what, await fetch());
    requireSigned(what, statement, files);
    await writeFolder(folder, files);
  }
  const file = join(folder, MANIFEST_FILE);
  const manifest = await readManifest(file, ToolManifest);
  if (manifest.name !== statement.name || manifest.version !== statement.version) {
    throw new ChangedError(what, `its manifest calls it ${manifest.name} ${manifest.version}`);
  }
  try {
    return compileTool({ ...manifest, file, folder });
  } catch (cause) {
    throw new UnusablePackageError(what, 'a schema of its manifest is none', { cause });
  }
}

/** Whether exactly the signed files lie there, as they were signed: a program also finds what lies beside it. */
async function isAsSigned(folder: string, statement: ToolStatement, what: string): Promise<boolean> {
  try {
    const files: ToolFile[] = [];
    for await (const path of pathsIn(folder)) {
      if (files.length === statement.files.length) return false;
      const full = join(folder, path);
      const [content, { mode }] = await Promise.all([readFile(full), stat(full)]);
      files.push({ path, content, executable: (mode & 0o100) !== 0 });
    }
    requireSigned(what, statement, files);
    return true;
  } catch (fault) {
    if (fault instanceof ChangedError || systemCode(fault) !== undefined) return false;
    throw fault;
  }
}

/**
 * Every file below a folder, with forward slashes.
 * @throws {ChangedError} there is a link, or what is no file: it may lead to something else tomorrow.
 */
async function* pathsIn(folder: string, below = ''): AsyncGenerator<string> {
  const here = join(folder, below);
  if (!(await lstat(here)).isDirectory()) throw new ChangedError(folder, 'it is no folder');
  for (const entry of await readdir(here, { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* pathsIn(folder, path);
    else if (entry.isFile()) yield path;
    else throw new ChangedError(folder, `${path} is no file`);
  }
}

/** Whole or not at all: another gateway may look at the same time. */
async function writeFolder(folder: string, files: readonly ToolFile[]): Promise<void> {
  const draft = `${folder}.${randomBytes(6).toString('hex')}`;
  try {
    for (const { path, content, executable } of files) {
      const full = join(draft, path);
      await mkdir(dirname(full), { recursive: true });
      // `wx`: nothing that is there already is written through.
      await writeFile(full, content, { flag: 'wx' });
      // Whatever the umask: a sandbox runs the program as somebody else, who has to read it. The data folder is closed.
      await chmod(full, executable ? 0o755 : 0o644);
      for (let folder = dirname(full); folder.startsWith(draft); folder = dirname(folder)) await chmod(folder, 0o755);
    }
    await replace(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function replace(draft: string, folder: string): Promise<void> {
  try {
    await rename(draft, folder);
  } catch (fault) {
    // The last is said of a link in the folder's place.
    if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(systemCode(fault) ?? '')) throw fault;
    const old = `${folder}.${randomBytes(6).toString('hex')}.old`;
    await rename(folder, old);
    await rename(draft, folder);
    await rm(old, { recursive: true, force: true });
  }
}
