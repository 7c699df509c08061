import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as x509 from '@peculiar/x509';
import { keptFile } from '@voorman/files';
import { newKeys, toPem } from '../authority.js';
import { RootKeyError } from '../errors.js';

/** An authority's own certificate, with the key that signs. */
export interface Root {
  readonly certificate: x509.X509Certificate;
  readonly privateKey: CryptoKey;
}

const TEN_YEARS_MS = 10 * 365 * 24 * 3_600_000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * The root in a file: certificate and key together, so that they cannot part. It is made at the first use; of several
 * processes that make one at once, one wins and all use that.
 * @throws {RootKeyError} it cannot be read or written, is no root, or others may read it.
 */
export async function openRoot(file: string): Promise<Root> {
  try {
    const text = await keptFile(file, () => make(dirname(file)));
    if (((await stat(file)).mode & 0o077) !== 0) throw new RootKeyError(`${file} can be read by others; chmod 600`);
    return await parse(file, text);
  } catch (cause) {
    if (cause instanceof RootKeyError) throw cause;
    throw new RootKeyError(`${file} cannot be read or made`, { cause });
  }
}

async function make(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ O: ['Voorman'] }, { CN: [`Voorman local authority ${randomBytes(4).toString('hex')}`] }],
    keys,
    signingAlgorithm: ALGORITHM,
    serialNumber: newSerial(),
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + TEN_YEARS_MS),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n${await toPem(keys.privateKey)}`;
}

async function parse(file: string, text: string): Promise<Root> {
  const [, certificatePem] = /(-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----)/.exec(text) ?? [];
  const [, keyPem] = /-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----/.exec(text) ?? [];
  if (certificatePem === undefined || keyPem === undefined) throw new RootKeyError(`${file} holds no root`);
  const certificate = new x509.X509Certificate(certificatePem);
  const privateKey = await crypto.subtle.importKey('pkcs8', Buffer.from(keyPem, 'base64'), ALGORITHM, false, ['sign']);
  if (certificate.notAfter.getTime() < Date.now()) throw new RootKeyError(`${file} has expired`);
  return { certificate, privateKey };
}

/** Positive, and not to be guessed. */
export const newSerial = (): string => `0${randomBytes(16).toString('hex').slice(1)}`.replace(/^00/, '01');
