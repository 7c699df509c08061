import { z } from 'zod';
import { canonicalBytes } from './canonical-json.js';
import type { SigningKey } from './keys.js';

const Base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64');

/** A signed statement, as DSSE has it (https://github.com/secure-systems-lab/dsse, version 1.0.2). */
export const DsseEnvelope = z.strictObject({
  payloadType: z.string().min(1).max(256),
  payload: Base64.max(4 * 2 ** 20).describe('the statement in canonical JSON, in base64'),
  signatures: z.array(z.strictObject({ keyid: z.string().max(256), sig: Base64.max(1_024) })).max(16),
});
export type DsseEnvelope = z.infer<typeof DsseEnvelope>;

/** What a signature is made over: type and payload with their lengths, so that neither can be read as part of the other. */
export function preAuthentication(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

/** A statement with one signature of each key. @throws {TypeError} the statement is no JSON value. */
export function signStatement(payloadType: string, statement: unknown, keys: readonly SigningKey[]): DsseEnvelope {
  const payload = canonicalBytes(statement);
  const unsigned = { payloadType, payload: Buffer.from(payload).toString('base64'), signatures: [] };
  return keys.reduce<DsseEnvelope>(addSignature, unsigned);
}

/** The same envelope with one signature more; a second one by the same key replaces the first. */
export function addSignature(envelope: DsseEnvelope, key: SigningKey): DsseEnvelope {
  const payload = Buffer.from(envelope.payload, 'base64');
  const sig = Buffer.from(key.sign(preAuthentication(envelope.payloadType, payload))).toString('base64');
  const others = envelope.signatures.filter((signature) => signature.keyid !== key.keyid);
  return { ...envelope, signatures: [...others, { keyid: key.keyid, sig }] };
}
