import { gunzipSync, gzipSync } from 'node:zlib';
import { ChangedError } from '@voorman/signing';
import { z } from 'zod';
import { UnusablePackageError } from './errors.js';
import {
  digestOfBytes,
  MAX_FILES,
  MAX_PACKAGE_BYTES,
  PackagePath,
  pathProblems,
  type ToolStatement,
} from './statement.js';
import type { ToolFile } from './tool-files.js';

/*
 * A package is gzipped JSON: `{ format: 1, files: [{ path, executable, content: base64 }] }`. There is nothing in it that
 * could be a link, a device, an owner or an absolute path, so nothing of the kind has to be kept out.
 */
const PackedFile = z.strictObject({ path: PackagePath, executable: z.boolean(), content: z.base64() });
const Packed = z.strictObject({ format: z.literal(1), files: z.array(PackedFile).min(1).max(MAX_FILES) });

/** Base64 and the frame make content this much larger, at most. Bytes. */
const MAX_TEXT_BYTES = Math.ceil(MAX_PACKAGE_BYTES * 1.4) + MAX_FILES * 512;

/** The same files give the same bytes on every machine. */
export function pack(files: readonly ToolFile[]): Uint8Array {
  const packed = files.map(({ path, content, executable }) => ({
    path,
    executable,
    content: Buffer.from(content).toString('base64'),
  }));
  return gzipSync(JSON.stringify({ format: 1, files: packed }), { level: 9 });
}

/**
 * The files in some bytes that anybody may have written.
 * @throws {UnusablePackageError} they are no package, unfold to too much, or have paths that lead elsewhere.
 */
export function unpack(what: string, bytes: Uint8Array): readonly ToolFile[] {
  let given: unknown;
  try {
    given = JSON.parse(gunzipSync(bytes, { maxOutputLength: MAX_TEXT_BYTES }).toString('utf8'));
  } catch (cause) {
    throw new UnusablePackageError(what, 'it is no package, or it unfolds to too much', { cause });
  }
  const parsed = Packed.safeParse(given);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw new UnusablePackageError(what, `${first?.path.join('.') || 'it'} ${first?.message ?? 'does not fit'}`);
  }
  const [problem] = pathProblems(parsed.data.files.map((file) => file.path));
  if (problem !== undefined) throw new UnusablePackageError(what, problem);
  return parsed.data.files.map(({ path, executable, content }) => ({
    path,
    executable,
    content: Buffer.from(content, 'base64'),
  }));
}

/** Exactly the files that were signed. @throws {ChangedError} naming the first that is missing, added or other. */
export function requireSigned(what: string, statement: ToolStatement, files: readonly ToolFile[]): void {
  const given = new Map(files.map((file) => [file.path, file]));
  for (const { path, digest, executable } of statement.files) {
    const file = given.get(path);
    if (file === undefined) throw new ChangedError(what, `${path} is missing`);
    if (digestOfBytes(file.content) !== digest || file.executable !== executable) {
      throw new ChangedError(what, `${path} is another`);
    }
    given.delete(path);
  }
  const [added] = given.keys();
  if (added !== undefined) throw new ChangedError(what, `${added} was added`);
}
