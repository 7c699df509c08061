import { type Bundle, type BundleSignature, decodeBundle, encodeBundle } from './bundle.js';

/** What a bundle's signature is made over, as DSSE names it. */
export const BUNDLE_PAYLOAD_TYPE = 'application/vnd.voorman.policy-bundle+json';

/** The statement that is signed: this revision is exactly this bundle. */
export const bundleStatement = ({ manifest, digest }: Bundle) => ({ revision: manifest.revision, digest });

/** The same bundle with these signatures in the place of those that it has; its digest stays. */
export function withSignatures(bytes: Uint8Array, signatures: readonly BundleSignature[]): Uint8Array<ArrayBuffer> {
  const { manifest, entrypoints, wasm, data, sources } = decodeBundle(bytes);
  return encodeBundle({
    revision: manifest.revision,
    createdAt: manifest.created_at,
    compiler: manifest.compiler,
    entrypoints,
    ...(manifest.permissions === undefined ? {} : { permissions: manifest.permissions }),
    wasm,
    data,
    ...(sources === undefined ? {} : { sources }),
    signatures,
  });
}
