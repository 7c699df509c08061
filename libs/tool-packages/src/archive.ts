import { createTarGzip, parseTarGzip } from 'nanotar';
import { PackageError } from './errors.js';
import { sha256, type ToolStatement } from './statement.js';
import { LIMITS, type ToolFile } from './tool-folder.js';

/** A tool's files as one object for the store. */
export const pack = async (files: readonly ToolFile[]): Promise<Uint8Array> =>
  new Uint8Array(await createTarGzip(files.map(({ path, content }) => ({ name: path, data: content }))));

/**
 * The files of a package, each exactly as the statement has it, and no other.
 * @throws {PackageError} one differs, is missing or is too many.
 */
export async function unpack(bytes: Uint8Array, statement: ToolStatement): Promise<readonly ToolFile[]> {
  const what = `${statement.name} ${statement.version}`;
  if (bytes.length > LIMITS.bytes) throw new PackageError(what, `it has more than ${LIMITS.bytes} bytes`);
  const found = new Map<string, Uint8Array>();
  let entries: { name: string; data?: Uint8Array | undefined; type?: unknown }[];
  try {
    entries = await parseTarGzip(bytes);
  } catch (cause) {
    throw new PackageError(what, 'it is no archive', { cause });
  }
  for (const { name, data } of entries) {
    if (found.has(name)) throw new PackageError(what, `${JSON.stringify(name)} stands in it twice`);
    found.set(name, data ?? new Uint8Array());
  }
  const files = statement.files.map(({ path, bytes: size, digest, executable }): ToolFile => {
    const content = found.get(path);
    if (content === undefined) throw new PackageError(what, `${path} is missing`);
    if (content.length !== size || sha256(content) !== digest) {
      throw new PackageError(what, `${path} is not what was signed`);
    }
    return { path, content, executable };
  });
  if (found.size !== files.length) throw new PackageError(what, 'it holds files that nobody signed');
  return files;
}
