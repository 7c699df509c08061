import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { keptFile } from '@voorman/files';

/**
 * The key in a file: 32 bytes, made where there is none. Gateways that share the file make equal digests of equal values.
 * @throws what keeps the file from being read or written.
 */
export async function keptKey(file: string): Promise<Uint8Array> {
  await mkdir(dirname(file), { recursive: true });
  return Buffer.from((await keptFile(file, () => randomBytes(32).toString('hex'))).trim(), 'hex');
}
