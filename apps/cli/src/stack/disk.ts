import { statfs } from 'node:fs/promises';

/** With less than this nothing is begun any more: the server needs some of it to write down what is under way. Bytes. */
export const FULL_BELOW_BYTES = 16 * 2 ** 20;
/** With so much the disk counts as free again: some way above, so that it does not go back and forth. Bytes. */
const FREE_FROM_BYTES = 64 * 2 ** 20;
const LOOK_EVERY_MS = 2_000;

/** What a user of this rank may still write. Bytes. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * Looks at the disk of a folder again and again; tells when it became full, and when it has room again.
 * @returns what ends it.
 */
export function watchDisk(folder: string, told: { full(): void; free(): void }): () => void {
  let isFull = false;
  const look = async (): Promise<void> => {
    const free = await freeBytes(folder);
    if (!isFull && free < FULL_BELOW_BYTES) {
      isFull = true;
      told.full();
    } else if (isFull && free >= FREE_FROM_BYTES) {
      isFull = false;
      told.free();
    }
  };
  // A folder that cannot be asked tells nothing; whatever is wrong with it shows elsewhere.
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
