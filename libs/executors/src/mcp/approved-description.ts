import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, type ToolDescription } from './description.js';

/** The file beside a manifest that holds the approved description, so that a change can be told part by part. */
export const APPROVED_DESCRIPTION = 'mcp-description.json';

/** What was approved by this digest, where the folder keeps it. */
export async function approvedDescription(folder: string, digest: string): Promise<ToolDescription | undefined> {
  try {
    const kept = JSON.parse(await readFile(join(folder, APPROVED_DESCRIPTION), 'utf8')) as ToolDescription;
    return digestOf(kept) === digest ? kept : undefined;
  } catch {
    // Not every manifest has it: then only the digests can be compared.
    return undefined;
  }
}
