import { verify as verifyBytes } from 'node:crypto';
import { DsseEnvelope, preAuthentication } from './dsse.js';
import {
  ChangedError,
  ExpiredError,
  RevokedError,
  StrangerError,
  TooFewSignersError,
  UnsignedError,
} from './errors.js';
import { publicKeyOf } from './keys.js';
import type { Purpose, Trust, TrustRoot } from './trust.js';

/** What is to be believed, by whose word. */
export interface Verification {
  /** What it is, for the words of a refusal: `search_web 1.2.0`. */
  readonly what: string;
  readonly payloadType: string;
  readonly purpose: Purpose;
  readonly trust: Trust;
  readonly nowMs: number;
}

/** A statement that enough trusted people signed. */
export interface Verified {
  /** Any JSON: its shape is the caller's to check. */
  readonly statement: unknown;
  /** Names of those who signed, each once. */
  readonly signers: readonly string[];
}

/**
 * Believes a statement if enough people who are trusted for its purpose at this time signed exactly it. Signatures of
 * others are of no account, good or bad: else whoever could add one could make a good statement unusable.
 * @throws {SignatureRefusedError} with the reason that is nearest to being mended.
 */
export function verifyEnvelope(given: unknown, verification: Verification): Verified {
  const { what, payloadType, purpose, trust, nowMs } = verification;
  const parsed = DsseEnvelope.safeParse(given);
  if (!parsed.success || parsed.data.signatures.length === 0) throw new UnsignedError(what);
  const envelope = parsed.data;
  if (envelope.payloadType !== payloadType) throw new ChangedError(what, `it was signed as ${envelope.payloadType}`);
  const payload = Buffer.from(envelope.payload, 'base64');
  const signed = preAuthentication(payloadType, payload);

  const good = new Map<string, TrustRoot>();
  const forged: string[] = [];
  for (const { keyid, sig } of envelope.signatures) {
    const root = trust.roots.get(keyid);
    if (root === undefined || !root.purposes.includes(purpose)) continue;
    const key = publicKeyOf(root.public_key, root.name);
    if (verifyBytes(null, signed, key, Buffer.from(sig, 'base64'))) good.set(keyid, root);
    else forged.push(root.name);
  }
  const usable = [...good.values()].filter((root) => !root.revoked && isValidAt(root, nowMs));
  // Two keys of one person are one signer.
  const valid = [...new Map(usable.map((root) => [root.name, root])).values()];
  const needed = trust.thresholds[purpose];
  if (valid.length < needed) throw refusal(verification, envelope, { good: [...good.values()], forged, valid });
  return { statement: JSON.parse(payload.toString('utf8')), signers: valid.map((root) => root.name) };
}

function refusal(
  { what, trust, purpose, nowMs }: Verification,
  envelope: DsseEnvelope,
  found: { good: readonly TrustRoot[]; forged: readonly string[]; valid: readonly TrustRoot[] },
): Error {
  const { good, forged, valid } = found;
  if (valid.length > 0) return new TooFewSignersError(what, valid.length, trust.thresholds[purpose]);
  if (forged.length > 0) return new ChangedError(what, `the signature of ${forged.join(', ')} does not fit`);
  const revoked = good.filter((root) => root.revoked);
  if (revoked.length > 0)
    return new RevokedError(
      what,
      revoked.map((root) => root.name),
    );
  const outside = good.find((root) => !isValidAt(root, nowMs));
  if (outside !== undefined) {
    return new ExpiredError(
      what,
      `the key of ${outside.name} is good from ${outside.valid_from} until ${outside.valid_until}`,
    );
  }
  return new StrangerError(
    what,
    envelope.signatures.map(({ keyid }) => keyid),
  );
}

const isValidAt = (root: TrustRoot, nowMs: number): boolean =>
  Date.parse(root.valid_from) <= nowMs && nowMs < Date.parse(root.valid_until);
