import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { z } from 'zod';
import type { CertificateAuthority, ClientRequest, IssuedCertificate } from '../authority.js';
import { addressOf, requireNames, subjectOf } from '../call-names.js';
import { PkiUnavailableError, VaultAnswerError } from '../errors.js';
import type { VaultClient } from './vault-client.js';

const Signed = z.object({
  data: z.object({ certificate: z.string().min(1), ca_chain: z.array(z.string()).default([]) }),
});

/**
 * The PKI of Vault, or of whatever speaks its HTTP API. The key stays here: a signing request goes out. The path has to be
 * one that keeps the subject, such as `pki/sign-verbatim/voorman`; another's certificate is not accepted.
 */
export class VaultAuthority implements CertificateAuthority {
  /** @param path of the signing endpoint, below `/v1/`. */
  constructor(
    private readonly vault: VaultClient,
    private readonly path: string,
  ) {}

  async issue({ subject, ttlSeconds, keys }: ClientRequest): Promise<IssuedCertificate> {
    const request = await x509.Pkcs10CertificateRequestGenerator.create({
      name: subjectOf(subject),
      keys,
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      extensions: [addressOf(subject)],
    });
    const { certificate, ca_chain: chain } = await this.#sign({
      csr: request.toString('pem'),
      ttl: `${ttlSeconds}s`,
      format: 'pem',
      key_usage: ['DigitalSignature'],
      ext_key_usage: ['ClientAuth'],
    });
    const { notAfter } = requireNames(certificate, subject);
    // The root itself is the other side's to know.
    const between = chain.filter((pem) => !isSelfSigned(pem)).map((pem) => `${pem.trim()}\n`);
    return { certificate: `${certificate.trim()}\n`, chain: between.join(''), notAfter };
  }

  async #sign(body: Readonly<Record<string, unknown>>) {
    try {
      const answer = Signed.safeParse(await this.vault.write(this.path, body));
      if (!answer.success) throw new VaultAnswerError('it holds no certificate');
      return answer.data.data;
    } catch (cause) {
      const retryable = cause instanceof Error && 'retryable' in cause && cause.retryable === true;
      throw new PkiUnavailableError({ cause }, retryable);
    }
  }
}

function isSelfSigned(pem: string): boolean {
  const certificate = new x509.X509Certificate(pem);
  return certificate.subject === certificate.issuer;
}
