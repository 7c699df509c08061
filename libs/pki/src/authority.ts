import type { webcrypto } from 'node:crypto';

/** For whom a certificate stands: the agent that calls, the tool that it calls, the tenant for whom. */
export interface CallSubject {
  readonly tenant: string;
  readonly agent: string;
  readonly tool: string;
}

/** A wish for a certificate that a client shows. */
export interface ClientRequest {
  readonly subject: CallSubject;
  /** Seconds that it is good for. */
  readonly ttlSeconds: number;
  /** ECDSA on P-256. The private half proves to a far authority that the asker holds it, and is sent nowhere. */
  readonly keys: webcrypto.CryptoKeyPair;
}

/** A certificate that was issued. */
export interface IssuedCertificate {
  /** PEM. */
  readonly certificate: string;
  /** Those between it and the root, in PEM; empty where the root signed it. */
  readonly chain: string;
  readonly notAfter: Date;
}

/** Who issues certificates. */
export interface CertificateAuthority {
  /**
   * A certificate for clients alone, whose subject is the tenant (O), the agent (OU) and the tool (CN), with the same
   * as address `spiffe://voorman/<tenant>/agent/<agent>/tool/<tool>`.
   * @throws {PkiUnavailableError} @throws {CertificateMismatchError} it would name somebody else.
   */
  issue(request: ClientRequest): Promise<IssuedCertificate>;
}

/** The address that names agent and tool in a certificate. */
export const callAddress = ({ tenant, agent, tool }: CallSubject): string =>
  `spiffe://voorman/${tenant}/agent/${agent}/tool/${tool}`;

/** A key pair of the kind that all our certificates have. */
export const newKeys = async (): Promise<webcrypto.CryptoKeyPair> =>
  (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;

/** A private key as TLS takes it. */
export async function toPem(key: CryptoKey): Promise<string> {
  const bytes = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${bytes.replaceAll(/.{1,64}/g, '$&\n')}-----END PRIVATE KEY-----\n`;
}
