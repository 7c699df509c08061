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
