import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LoadedTool } from '@voorman/registry';
import { PackageError } from './errors.js';

/** One file of a tool. */
export interface ToolFile {
  /** Below the tool's folder, with slashes. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable: boolean;
}

/** The manifest's name in every package. */
export const MANIFEST = 'tool.yaml';

/** Beside the manifest: who signed the folder. Not a part of what is signed. */
export const SIGNATURE = 'tool.dsse.json';

export const LIMITS = { files: 2_000, bytes: 32 * 2 ** 20, pathLength: 99 } as const;

/** Made by tools of ours, or not needed to run: packages of the machine, reports, tests. */
const LEFT_OUT = /^(node_modules|reports|\..*|.*\.spec\.[cm]?[jt]s|tool\.dsse\.json)$/;

/** A path that means the same everywhere, and nothing outside of the folder. */
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]*(\/[A-Za-z0-9_][A-Za-z0-9_.@+-]*)*$/;

export const isPlainPath = (path: string): boolean => path.length <= LIMITS.pathLength && PLAIN.test(path);

/**
 * The files of a tool, by path. A manifest that shares its folder with others is a package of one file.
 * @throws {PackageError} a link, a strange name, or too much.
 */
export async function readToolFolder(tool: Pick<LoadedTool, 'name' | 'file' | 'folder'>): Promise<readonly ToolFile[]> {
  if (basename(tool.file) !== MANIFEST) {
    return [{ path: MANIFEST, content: await readFile(tool.file), executable: false }];
  }
  const files: ToolFile[] = [];
  let bytes = 0;
  const walk = async (below: string): Promise<void> => {
    for (const name of (await readdir(join(tool.folder, below))).sort()) {
      if (LEFT_OUT.test(name)) continue;
      const path = below === '' ? name : `${below}/${name}`;
      if (!isPlainPath(path)) throw new PackageError(tool.name, `${JSON.stringify(path)} is no name for a file of it`);
      const found = await lstat(join(tool.folder, path));
      if (found.isDirectory()) {
        await walk(path);
        continue;
      }
      // What a link leads to may change without the package, and need not lie in it.
      if (!found.isFile()) throw new PackageError(tool.name, `${path} is no plain file`);
      bytes += found.size;
      if (files.length >= LIMITS.files || bytes > LIMITS.bytes) {
        throw new PackageError(tool.name, `it has more than ${LIMITS.files} files or ${LIMITS.bytes} bytes`);
      }
      const executable = (found.mode & 0o100) !== 0;
      files.push({ path, content: await readFile(join(tool.folder, path)), executable });
    }
  };
  await walk('');
  return files;
}
