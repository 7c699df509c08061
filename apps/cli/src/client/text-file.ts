import { readFile } from 'node:fs/promises';
import { JsonObject } from '@voorman/envelope';
import { systemCode } from '@voorman/files';
import { BadFileError } from '../errors.js';

/** What a file that the user named holds. @throws {BadFileError} it is missing, a folder, or closed to this user. */
export async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/**
 * The JSON object that a file holds.
 * @param wanted a sentence that says what to write into the file.
 * @throws {BadFileError} as `textOf`; or it holds no JSON object.
 */
export async function jsonObjectOf(path: string, wanted: string): Promise<JsonObject> {
  const text = await textOf(path);
  try {
    return JsonObject.parse(JSON.parse(text));
  } catch (cause) {
    throw new BadFileError(`${path} holds no JSON object.`, wanted, { cause });
  }
}

/** A system's fault about a file that the user named, as sentences; any other fault as it is. */
export function unreadable(path: string, cause: unknown): unknown {
  const code = systemCode(cause);
  if (code === undefined) return cause;
  if (code === 'ENOENT') return new BadFileError(`There is no file ${path}.`, 'Check the path.', { cause });
  if (code === 'EISDIR') return new BadFileError(`${path} is a folder.`, 'Name a file in it.', { cause });
  return new BadFileError(`${path} cannot be read (${code}).`, 'Check the path and its permissions.', { cause });
}
