import { BUNDLE_PAYLOAD_TYPE, type Bundle, BundleRejectedError, bundleStatement } from '@voorman/policy';
import { canonicalBytes, SignatureRefusedError, type Trust, verifyEnvelope } from '@voorman/signing';

/**
 * Believes a bundle if enough people who are trusted for policy signed exactly it.
 * @throws {BundleRejectedError} it is unsigned, or signed by a stranger, too early, too late or with a revoked key.
 */
export function requireTrusted(bundle: Bundle, trust: Trust, nowMs: number): void {
  const envelope = {
    payloadType: BUNDLE_PAYLOAD_TYPE,
    payload: Buffer.from(canonicalBytes(bundleStatement(bundle))).toString('base64'),
    signatures: bundle.signatures,
  };
  const what = `The policy ${bundle.manifest.revision}`;
  try {
    verifyEnvelope(envelope, { what, payloadType: BUNDLE_PAYLOAD_TYPE, purpose: 'policy', trust, nowMs });
  } catch (cause) {
    if (!(cause instanceof SignatureRefusedError)) throw cause;
    throw new BundleRejectedError(cause.message.replace(/\.$/, ''), { cause });
  }
}
