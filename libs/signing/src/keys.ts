import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { keptFile } from '@voorman/files';
import { UnusableKeyError } from './errors.js';

/** Somebody's private key. The key itself never leaves the object. */
export interface SigningKey {
  /** Names the public half: equal keys, equal ids. */
  readonly keyid: string;
  /** PEM of the public half, as a trust root holds it. */
  readonly publicKey: string;
  sign(bytes: Uint8Array): Uint8Array;
}

/** Where a private key lies: a file, or an environment variable that holds the PEM itself. */
export type KeySource = { readonly file: string } | { readonly env: string };

/** `sha256:` and 64 hexadecimal characters, of the public key in DER. */
export const keyidOf = (key: KeyObject): string =>
  `sha256:${createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')}`;

/** @throws {UnusableKeyError} there is none, or it is no Ed25519 key. */
export async function loadSigningKey(source: KeySource, env: NodeJS.ProcessEnv = process.env): Promise<SigningKey> {
  const where = 'file' in source ? `The key file ${source.file}` : `The environment variable ${source.env}`;
  const pem = 'file' in source ? await contentOf(source.file, where) : env[source.env];
  if (pem === undefined || pem.trim() === '') throw new UnusableKeyError(where, 'it is not set');
  return signingKey(pem, where);
}

/**
 * The key in a file, made where there is none; readable for its user alone. Of two processes that make it at once both
 * get the same.
 * @throws {UnusableKeyError} what lies there is no key.
 */
export async function ensureSigningKey(file: string): Promise<SigningKey> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const pem = await keptFile(file, () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  return signingKey(pem, `The key file ${file}`);
}

/** A public key in PEM. @throws {UnusableKeyError} it is none of Ed25519. */
export function publicKeyOf(pem: string, where: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw new UnusableKeyError(where, 'it is no public key in PEM', { cause });
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new UnusableKeyError(where, 'it is no Ed25519 key');
  return key;
}

function signingKey(pem: string, where: string): SigningKey {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new UnusableKeyError(where, 'it is no private key in PEM', { cause });
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new UnusableKeyError(where, 'it is no Ed25519 key');
  const half = createPublicKey(key);
  return {
    keyid: keyidOf(half),
    publicKey: half.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (bytes) => sign(null, bytes, key),
  };
}

async function contentOf(file: string, where: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UnusableKeyError(where, 'it cannot be read', { cause });
  }
}
