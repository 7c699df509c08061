import { open } from 'node:fs/promises';
import type { FileChange } from './diff/diff.ts';
import { looksLikeDiff, parseDiff } from './diff/parser.ts';
import { ToolFailure } from './failure.ts';
import type { Attachment } from './input.ts';

const maxBytes = 16 * 1024 * 1024;
const sniffBytes = 64 * 1024;

/** The changes of all attached diffs, and the names of attached files that are no diffs and were left aside. */
export interface Opened {
  readonly changes: readonly FileChange[];
  readonly leftAside: readonly string[];
}

/**
 * Reads the diffs among the attachments. Other files (the logs of the same incident, say) are recognised by their first
 * 64 KiB and left aside, however large they are.
 * @throws {ToolFailure} `unreadable`, `too-large` (over 16 MiB), `not-a-diff` (none is a diff) or `empty` (no change in any)
 */
export async function openAttachments(files: readonly Attachment[]): Promise<Opened> {
  const changes: FileChange[] = [];
  const leftAside: string[] = [];
  let diffs = 0;
  for (const file of files) {
    const text = await readDiff(file);
    if (text === undefined) {
      leftAside.push(file.name);
      continue;
    }
    diffs += 1;
    changes.push(...parseDiff(file.name, text));
  }
  if (diffs === 0) {
    const names = leftAside.join(', ');
    throw new ToolFailure(
      'review-diff/not-a-diff',
      `No unified diff is attached (${names}): attach the output of \`git diff\` or \`diff -u\`.`,
    );
  }
  if (changes.length === 0)
    throw new ToolFailure('review-diff/empty', 'The attached diff changes nothing: there is nothing to review.');
  return { changes, leftAside };
}

/** The text of a diff; `undefined` if the file is something else. */
async function readDiff({ name, path }: Attachment): Promise<string | undefined> {
  try {
    await using handle = await open(path, 'r');
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(Math.min(size, sniffBytes)),
      0,
      Math.min(size, sniffBytes),
      0,
    );
    const isNamedDiff = /\.(diff|patch)$/i.test(name);
    if (!isNamedDiff && !looksLikeDiff(buffer.toString('utf8', 0, bytesRead))) return undefined;
    if (size > maxBytes) {
      throw new ToolFailure('review-diff/too-large', `${name} is larger than 16 MiB: attach the diff of fewer files.`);
    }
    return await handle.readFile('utf8');
  } catch (cause) {
    if (cause instanceof ToolFailure) throw cause;
    throw new ToolFailure(
      'review-diff/unreadable',
      `${name} cannot be read: check that the file exists and may be read.`,
      { cause },
    );
  }
}
