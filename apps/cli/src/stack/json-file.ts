import { readIfThere } from '@voorman/files';

/** The JSON in a file, or `undefined` where there is no such file. @throws {SyntaxError} it was damaged. */
export async function readJson(file: string): Promise<unknown> {
  const text = await readIfThere(file);
  return text === undefined ? undefined : JSON.parse(text);
}
