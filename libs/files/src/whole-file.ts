import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { systemCode } from './system-code.js';

/** The text of a file in UTF-8, or `undefined` where there is no such file. @throws what else keeps it from being read. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (fault) {
    if (systemCode(fault) === 'ENOENT') return undefined;
    throw fault;
  }
}

/** Writes a file whole or not at all, over one that is there; for this user's eyes only. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await throughDraft(file, text, (draft) => rename(draft, file));
}

/**
 * The text of a file that is made once, such as a key: of several processes that make it at the same moment one wins, and
 * all get what that one made. For this user's eyes only; its folder has to be there.
 */
export async function keptFile(file: string, make: () => string | Promise<string>): Promise<string> {
  const kept = await readIfThere(file);
  if (kept !== undefined) return kept;
  await throughDraft(file, await make(), async (draft) => {
    try {
      // A link is made whole or not at all, and never over one that is there; a file opened with `wx` is empty at first.
      await link(draft, file);
    } catch (fault) {
      if (systemCode(fault) !== 'EEXIST') throw fault;
    }
  });
  return readFile(file, 'utf8');
}

/** On disk before it has its name: a machine that fails must not come back with an empty key. */
async function throughDraft(file: string, text: string, name: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await name(draft);
  } finally {
    await rm(draft, { force: true });
  }
}
