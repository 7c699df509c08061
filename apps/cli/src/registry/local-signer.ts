import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere, writeWhole } from '@voorman/files';
import { ensureSigningKey, type SigningKey } from '@voorman/signing';
import { stringify } from 'yaml';
import type { DataFolder } from '../stack/data-folder.js';

/** How long this machine believes its own key. Years. */
const VALID_YEARS = 10;

/** The private key of this machine: signs what runs on it, and nothing that leaves it. */
export const localKeyFile = (data: DataFolder): string => join(data.keys, 'signing.pem');
/** Whom this stack trusts besides those whom its registry folders name. */
export const localTrustFolder = (data: DataFolder): string => join(data.path, 'trust');

/**
 * The key of this machine, made at the first use together with the trust in it. Whoever revokes it in the trust folder is
 * obeyed: the file is written only where it speaks of another key, or is not there.
 * @throws {UnusableKeyError} what lies there is no key.
 */
export async function localSigner(data: DataFolder): Promise<SigningKey> {
  const key = await ensureSigningKey(localKeyFile(data));
  const folder = localTrustFolder(data);
  const file = join(folder, 'local.yaml');
  const body = key.publicKey.split('\n')[1] ?? '';
  if ((await readIfThere(file))?.includes(body) === true) return key;
  const now = new Date();
  const end = new Date(now);
  end.setUTCFullYear(end.getUTCFullYear() + VALID_YEARS);
  const root = {
    name: 'this machine',
    public_key: key.publicKey,
    valid_from: now.toISOString(),
    valid_until: end.toISOString(),
    purposes: ['tools', 'policy'],
  };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(
    file,
    `# The key of this machine, made by voorman up. Trusted by this data folder alone.\n${stringify(root)}`,
  );
  return key;
}
