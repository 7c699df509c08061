export {
  type CallSubject,
  type CertificateAuthority,
  type ClientRequest,
  callAddress,
  type IssuedCertificate,
  newKeys,
  toPem,
} from './authority.js';
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
export { CertificateFiles, type CertificatePaths, MEMBER_TTL_SECONDS } from './local/certificate-files.js';
export { LocalAuthority, type ServerIdentity } from './local/local-authority.js';
export { VaultAuthority } from './vault/vault-authority.js';
export { kubernetesLogin, VaultClient, type VaultClientOptions, type VaultLogin } from './vault/vault-client.js';
