import 'reflect-metadata';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import type { CertificateAuthority, ClientRequest, IssuedCertificate } from '../authority.js';
import { newKeys, toPem } from '../authority.js';
import { addressOf, subjectOf } from '../call-names.js';
import { newSerial, openRoot, type Root } from './root.js';

/** A server's certificate with its key, in PEM. */
export interface ServerIdentity {
  readonly certificate: string;
  readonly privateKey: string;
  readonly notAfter: Date;
}

const ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' };
/** Clocks differ: a certificate is good a little before it was issued. */
const BEFORE_MS = 60_000;

/** The authority of the embedded stack. Its root lies in the data folder and is made at the first use. */
export class LocalAuthority implements CertificateAuthority {
  private constructor(private readonly root: Root) {}

  /**
   * @param folder of the authority alone, such as `pki` in the data folder.
   * @throws {RootKeyError}
   */
  static async open(folder: string): Promise<LocalAuthority> {
    return new LocalAuthority(await openRoot(join(folder, 'authority.pem')));
  }

  /** What others have to trust, in PEM. */
  get certificate(): string {
    return `${this.root.certificate.toString('pem')}\n`;
  }

  async issue({ subject, ttlSeconds, keys }: ClientRequest): Promise<IssuedCertificate> {
    const leaf = await this.#sign(subjectOf(subject), keys.publicKey, ttlSeconds, [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth], true),
      addressOf(subject),
    ]);
    return { certificate: `${leaf.toString('pem')}\n`, chain: '', notAfter: leaf.notAfter };
  }

  /**
   * A certificate for a server of the stack, with a key of its own.
   * @param hosts names and addresses that it is reached by.
   */
  async issueServer(hosts: readonly string[], ttlSeconds: number): Promise<ServerIdentity> {
    const keys = await newKeys();
    const leaf = await this.#sign([{ CN: [hosts[0] ?? 'voorman'] }], keys.publicKey, ttlSeconds, [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth], true),
      namesOf(hosts),
    ]);
    return {
      certificate: `${leaf.toString('pem')}\n`,
      privateKey: await toPem(keys.privateKey),
      notAfter: leaf.notAfter,
    };
  }

  /** A certificate by which a member of the stack, such as a service, shows itself. */
  async issueMember(name: string, ttlSeconds: number): Promise<ServerIdentity> {
    const keys = await newKeys();
    const leaf = await this.#sign([{ O: ['Voorman'] }, { CN: [name] }], keys.publicKey, ttlSeconds, [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth], true),
      new x509.SubjectAlternativeNameExtension([{ type: 'url', value: `spiffe://voorman/member/${name}` }]),
    ]);
    return {
      certificate: `${leaf.toString('pem')}\n`,
      privateKey: await toPem(keys.privateKey),
      notAfter: leaf.notAfter,
    };
  }

  async #sign(
    subject: x509.JsonName,
    publicKey: CryptoKey,
    ttlSeconds: number,
    extensions: x509.Extension[],
  ): Promise<x509.X509Certificate> {
    const { certificate: issuer, privateKey } = this.root;
    return x509.X509CertificateGenerator.create({
      subject,
      issuer: issuer.subjectName,
      publicKey,
      signingKey: privateKey,
      signingAlgorithm: ALGORITHM,
      serialNumber: newSerial(),
      notBefore: new Date(Date.now() - BEFORE_MS),
      notAfter: new Date(Date.now() + ttlSeconds * 1_000),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.SubjectKeyIdentifierExtension.create(publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(issuer),
        ...extensions,
      ],
    });
  }
}

const namesOf = (hosts: readonly string[]): x509.SubjectAlternativeNameExtension =>
  new x509.SubjectAlternativeNameExtension(
    hosts.map((host) => ({ type: isIP(host) === 0 ? ('dns' as const) : ('ip' as const), value: host })),
  );
