import { join } from 'node:path';
import { BUNDLE_PAYLOAD_TYPE, bundleStatement, decodeBundle, withSignatures } from '@voorman/policy';
import { requireTrusted } from '@voorman/service/policy-trust';
import { loadSigningKey, loadTrust, type SigningKey, signStatement } from '@voorman/signing';
import { localSigner, localTrustFolder } from '../../registry/local-signer.js';
import type { DataFolder } from '../../stack/data-folder.js';
import type { ReadyStack } from '../../stack/state-file.js';

/**
 * The same bundle, signed.
 * @param files of the keys; none: `VOORMAN_SIGNING_KEY`, or else the key of this machine.
 * @throws {UnusableKeyError} one is none.
 */
export async function signedBundle(data: DataFolder, bytes: Uint8Array, files: readonly string[]): Promise<Uint8Array> {
  const { signatures } = signStatement(
    BUNDLE_PAYLOAD_TYPE,
    bundleStatement(decodeBundle(bytes)),
    await keysOf(data, files),
  );
  return withSignatures(bytes, signatures);
}

async function keysOf(data: DataFolder, files: readonly string[]): Promise<SigningKey[]> {
  if (files.length > 0) return Promise.all(files.map((file) => loadSigningKey({ file })));
  if (process.env.VOORMAN_SIGNING_KEY) return [await loadSigningKey({ env: 'VOORMAN_SIGNING_KEY' })];
  return [await localSigner(data)];
}

/**
 * A bundle that no enforcement point would take must not get into the store: after a restart there would be none.
 * @throws {BundleRejectedError} those who signed it are not trusted here.
 */
export async function requireTrustedHere(data: DataFolder, stack: ReadyStack, bytes: Uint8Array): Promise<void> {
  const folders = [...stack.registry.map((folder) => join(folder, 'trust')), localTrustFolder(data)];
  requireTrusted(decodeBundle(bytes), await loadTrust(folders), Date.now());
}
