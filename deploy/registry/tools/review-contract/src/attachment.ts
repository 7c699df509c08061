import { open } from 'node:fs/promises';
import type { Contract } from './contract/contract.ts';
import { readContract } from './contract/reader.ts';
import { ToolFailure } from './failure.ts';
import type { Attachment } from './input.ts';

const maxBytes = 1024 * 1024;
const sniffBytes = 8 * 1024;

/** The contracts among the attachments, and the names of files that are none and were left aside. */
export interface Opened {
  readonly contracts: readonly Contract[];
  readonly leftAside: readonly string[];
}

/**
 * Reads the attached texts. Files that are no text, or hold no clause (a log, say), are left aside.
 * @throws {ToolFailure} `unreadable`, `too-large` (over 1 MiB), `not-text`, `empty`, or `no-clauses` if none is a contract
 */
export async function openAttachments(files: readonly Attachment[]): Promise<Opened> {
  const contracts: Contract[] = [];
  const failures: ToolFailure[] = [];
  const leftAside: string[] = [];
  for (const file of files) {
    const opened = await openOne(file);
    if (opened instanceof ToolFailure) {
      failures.push(opened);
      leftAside.push(file.name);
    } else contracts.push(opened);
  }
  if (contracts.length === 0 && failures[0]) throw failures[0];
  return { contracts, leftAside };
}

async function openOne({ name, path }: Attachment): Promise<Contract | ToolFailure> {
  const text = await readText({ name, path });
  if (text instanceof ToolFailure) return text;
  if (text.trim() === '')
    return new ToolFailure('review-contract/empty', `${name} is empty: attach the text of a contract.`);
  const contract = readContract(name, text);
  if (contract.clauses.length < 2) {
    return new ToolFailure(
      'review-contract/no-clauses',
      `${name} holds no clauses: attach a contract with numbered clauses or headings.`,
    );
  }
  return contract;
}

async function readText({ name, path }: Attachment): Promise<string | ToolFailure> {
  try {
    await using handle = await open(path, 'r');
    const { size } = await handle.stat();
    const length = Math.min(size, sniffBytes);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, 0);
    if (buffer.includes(0) || buffer.subarray(0, 5).toString('latin1') === '%PDF-') {
      return new ToolFailure(
        'review-contract/not-text',
        `${name} is no plain text: save the contract as text or markdown and attach that.`,
      );
    }
    if (size > maxBytes) {
      return new ToolFailure('review-contract/too-large', `${name} is larger than 1 MiB: attach the contract alone.`);
    }
    return await handle.readFile('utf8');
  } catch (cause) {
    throw new ToolFailure(
      'review-contract/unreadable',
      `${name} cannot be read: check that the file exists and may be read.`,
      { cause },
    );
  }
}
