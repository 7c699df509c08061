import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { type CallSubject, callAddress } from './authority.js';
import { CertificateMismatchError } from './errors.js';

/** The subject of a certificate for calls: tokens of ours, which need no escaping. */
export const subjectOf = ({ tenant, agent, tool }: CallSubject): x509.JsonName => [
  { O: [tenant] },
  { OU: [agent] },
  { CN: [tool] },
];

/** The same as an address, for whoever reads SPIFFE ids. */
export const addressOf = (subject: CallSubject): x509.SubjectAlternativeNameExtension =>
  new x509.SubjectAlternativeNameExtension([{ type: 'url', value: callAddress(subject) }]);

/**
 * Sees that a certificate says what was asked for: a far authority may put its role's own words there.
 * @throws {CertificateMismatchError}
 */
export function requireNames(pem: string, subject: CallSubject): x509.X509Certificate {
  const certificate = new x509.X509Certificate(pem);
  const name = new x509.Name(certificate.subject);
  const wanted: [field: string, value: string][] = [
    ['O', subject.tenant],
    ['OU', subject.agent],
    ['CN', subject.tool],
  ];
  for (const [field, value] of wanted) {
    const found = name.getField(field);
    if (found.length !== 1 || found[0] !== value) {
      throw new CertificateMismatchError(
        `its subject is ${certificate.subject}, not O=${subject.tenant}, OU=${subject.agent}, CN=${subject.tool}`,
      );
    }
  }
  const addresses = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? [];
  if (!addresses.some(({ type, value }) => type === 'url' && value === callAddress(subject))) {
    throw new CertificateMismatchError(`it has no address ${callAddress(subject)}`);
  }
  const isAuthority = certificate.getExtension(x509.BasicConstraintsExtension)?.ca ?? false;
  const uses = certificate.getExtension(x509.ExtendedKeyUsageExtension)?.usages ?? [];
  if (isAuthority || uses.length !== 1 || uses[0] !== x509.ExtendedKeyUsage.clientAuth) {
    throw new CertificateMismatchError('it may be used for more than to show who a client is');
  }
  return certificate;
}
