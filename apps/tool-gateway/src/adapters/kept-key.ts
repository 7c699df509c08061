import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The key in a file: 32 bytes, made where there is none. Gateways that share the file make equal digests of equal values.
 * @throws what keeps the file from being read or written.
 */
export async function keptKey(file: string): Promise<Uint8Array> {
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 });
  } catch (fault) {
    // Another gateway was here before, or this one in an earlier life.
    if (!(fault instanceof Error && 'code' in fault && fault.code === 'EEXIST')) throw fault;
  }
  return Buffer.from((await readFile(file, 'utf8')).trim(), 'hex');
}
