export type { CallSubject, CertificateAuthority, ClientRequest, IssuedCertificate } from './authority.js';
export { Certificates, type CertificatesOptions, type ClientIdentities, type ClientIdentity } from './certificates.js';
export {
  CertificateMismatchError,
  PkiUnavailableError,
  RootKeyError,
  VaultAnswerError,
  VaultForbiddenError,
  VaultMissingError,
  VaultUnavailableError,
} from './errors.js';
export { kubernetesLogin, VaultClient, type VaultClientOptions, type VaultLogin } from './vault/vault-client.js';
