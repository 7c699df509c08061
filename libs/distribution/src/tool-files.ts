import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LoadedTool } from '@voorman/registry';
import { UnusablePackageError } from './errors.js';
import { digestOfBytes, MAX_FILES, MAX_PACKAGE_BYTES, PackagePath, ToolStatement } from './statement.js';

/** One file of a package. */
export interface ToolFile {
  /** With forward slashes, below the tool's folder. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable: boolean;
}

/** Where the manifest lies in every package, whatever it was called in the registry. */
export const MANIFEST_FILE = 'tool.yaml';
/** Signatures that lie beside the manifest, put there by `voorman tools sign`. */
export const SIGNATURE_FILE = 'tool.dsse.json';

/** What stands in a tool's folder and is no part of the tool. */
const LEFT_OUT = new Set(['node_modules', 'reports', 'coverage', '__pycache__', SIGNATURE_FILE, 'tsconfig.json']);
const TESTS = /\.(spec|test)\.[cm]?[jt]sx?$/;

/**
 * The files of a tool, by path. Left out are hidden ones, installed packages, tests, and `dist` unless the manifest's own
 * text names it. A tool of a single file, `tools/search.yaml`, is that file.
 * @throws {UnusablePackageError} a link, something that is no file, too many or too large files, a path that not every disk
 * can hold.
 */
export async function readToolFiles(tool: Pick<LoadedTool, 'file' | 'folder' | 'name'>): Promise<readonly ToolFile[]> {
  const manifest = await readFile(tool.file);
  const files: ToolFile[] = [{ path: MANIFEST_FILE, content: manifest, executable: false }];
  if (basename(tool.file) !== MANIFEST_FILE) return files;
  const names = new Set(LEFT_OUT);
  if (!/\bdist\//.test(manifest.toString('utf8'))) names.add('dist');
  let bytes = manifest.length;
  for await (const path of pathsIn(tool, '', names)) {
    if (path === MANIFEST_FILE) continue;
    if (!PackagePath.safeParse(path).success) {
      throw new UnusablePackageError(tool.name, `${JSON.stringify(path)} is a path that not every disk can hold`);
    }
    const full = join(tool.folder, path);
    const { size, mode } = await stat(full);
    bytes += size;
    if (bytes > MAX_PACKAGE_BYTES) {
      throw new UnusablePackageError(tool.name, `its files have more than ${MAX_PACKAGE_BYTES} bytes together`);
    }
    files.push({ path, content: await readFile(full), executable: (mode & 0o111) !== 0 });
    if (files.length > MAX_FILES) throw new UnusablePackageError(tool.name, `it has more than ${MAX_FILES} files`);
  }
  return files.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** What would be signed of these files. @throws {UnusablePackageError} they cannot lie side by side everywhere. */
export function statementOf(
  tool: { readonly name: string; readonly version: string },
  files: readonly ToolFile[],
): ToolStatement {
  const parsed = ToolStatement.safeParse({
    name: tool.name,
    version: tool.version,
    files: files.map(({ path, content, executable }) => ({
      path,
      digest: digestOfBytes(content),
      bytes: content.length,
      executable,
    })),
  });
  if (parsed.success) return parsed.data;
  throw new UnusablePackageError(tool.name, parsed.error.issues[0]?.message ?? 'its files do not fit');
}

async function* pathsIn(
  tool: Pick<LoadedTool, 'folder' | 'name'>,
  below: string,
  leftOut: ReadonlySet<string>,
): AsyncGenerator<string> {
  for (const entry of await readdir(join(tool.folder, below), { withFileTypes: true })) {
    if (entry.name.startsWith('.') || leftOut.has(entry.name) || TESTS.test(entry.name)) continue;
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* pathsIn(tool, path, leftOut);
    else if (entry.isFile()) yield path;
    // A link leads to something that is not signed.
    else throw new UnusablePackageError(tool.name, `${path} is a link or no file at all; a package holds plain files`);
  }
}
