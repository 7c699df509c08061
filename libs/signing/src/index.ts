export { canonicalBytes } from './canonical-json.js';
export { addSignature, DsseEnvelope, signStatement } from './dsse.js';
export {
  ChangedError,
  ExpiredError,
  RevokedError,
  SignatureRefusedError,
  StrangerError,
  TooFewSignersError,
  UnsignedError,
  UnusableKeyError,
} from './errors.js';
export { ensureSigningKey, type KeySource, loadSigningKey, type SigningKey } from './keys.js';
export { loadTrust, type Trust, TrustRoot } from './trust.js';
export { type Verification, type Verified, verifyEnvelope } from './verify.js';
