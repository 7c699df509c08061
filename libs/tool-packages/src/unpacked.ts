import { randomUUID } from 'node:crypto';
import { access, chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unpack } from './archive.js';
import { digestOf, statementOf, type ToolStatement } from './statement.js';
import { MANIFEST, readToolFolder, type ToolFile } from './tool-folder.js';

/**
 * The folder of a package on this machine's disk, named by its digest; fetched where it is not there, or is not any more
 * what was signed.
 * @throws {PackageError} what was fetched is not what was signed. @throws what `fetch` throws.
 */
export async function unpackedFolder(
  folder: string,
  statement: ToolStatement,
  fetch: () => Promise<Uint8Array>,
): Promise<string> {
  const target = join(folder, digestOf(statement).replace(':', '-'));
  if (await isWhole(target, statement)) return target;
  const files = await unpack(await fetch(), statement);
  const draft = join(folder, `.${randomUUID()}`);
  try {
    await mkdir(draft, { recursive: true, mode: 0o755 });
    for (const file of files) await write(draft, file);
    // A program may be running in what lies there: it keeps its open files, and nobody starts in half a folder.
    await rm(target, { recursive: true, force: true });
    await rename(draft, target).catch(async (fault) => {
      if (!(await isWhole(target, statement))) throw fault;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return target;
}

async function write(folder: string, { path, content, executable }: ToolFile): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true, mode: 0o755 });
  await writeFile(file, content);
  await chmod(file, executable ? 0o555 : 0o444);
}

async function isWhole(target: string, statement: ToolStatement): Promise<boolean> {
  const isThere = await access(target).then(
    () => true,
    () => false,
  );
  if (!isThere) return false;
  const { name, version } = statement;
  const found = await readToolFolder({ name, file: join(target, MANIFEST), folder: target });
  return digestOf(statementOf({ name, version }, found)) === digestOf(statement);
}
