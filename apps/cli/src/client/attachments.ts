import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { Attachment } from '@voorman/envelope';
import type { Payloads } from '@voorman/log';
import { BadFileError, UsageError } from '../errors.js';
import { SNIFFED_BYTES, sniff } from './media-type.js';
import { unreadable } from './text-file.js';

/** A file that the user named, looked at and found usable. */
export interface ChosenFile {
  readonly path: string;
  /** As evidence will cite it: unique among the attachments. */
  readonly name: string;
  readonly bytes: number;
  readonly mediaType: string;
}

const MAX_ATTACHMENTS = 50;

/**
 * Looks at every file before anything is published.
 * @throws {BadFileError} one is missing, unreadable, empty, a folder, or no text. @throws {UsageError} too many.
 */
export async function chooseFiles(paths: readonly string[]): Promise<ChosenFile[]> {
  if (paths.length > MAX_ATTACHMENTS) throw new UsageError(`At most ${MAX_ATTACHMENTS} files can be attached at once.`);
  const names = uniqueNames(paths.map((path) => basename(path)));
  return await Promise.all(paths.map((path, index) => look(path, names[index] ?? basename(path))));
}

/** Puts the files where every bot of the session can read them; at most a few chunks are in memory. */
export async function upload(payloads: Payloads, files: readonly ChosenFile[]): Promise<Attachment[]> {
  const attachments: Attachment[] = [];
  for (const { path, name, mediaType } of files) {
    attachments.push({ ...(await payloads.put(createReadStream(path), mediaType)), name });
  }
  return attachments;
}

/** `a.log`, `a-2.log`, …: evidence must say which file it means. Control characters have no place in a name. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((given) => {
    const plain = given.replaceAll(/[\\\p{Cc}]/gu, '_').slice(-200);
    const ending = extname(plain);
    const stem = plain.slice(0, plain.length - ending.length);
    let name = plain;
    for (let count = 2; taken.has(name); count += 1) name = `${stem}-${count}${ending}`;
    taken.add(name);
    return name;
  });
}

async function look(path: string, name: string): Promise<ChosenFile> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new BadFileError(`${path} is a folder.`, 'Attach the files in it one by one.');
    if (!found.isFile()) throw new BadFileError(`${path} is no ordinary file.`, 'Copy its content to a file first.');
    if (found.size === 0) throw new BadFileError(`${path} is empty.`, 'Attach a file that says something.');
    const sniffed = sniff(name, await headOf(path));
    if ('binary' in sniffed) throw new BadFileError(`${path} ${sniffed.binary}.`, 'Attach text.');
    return { path, name, bytes: found.size, mediaType: sniffed.mediaType };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFFED_BYTES), 0, SNIFFED_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
