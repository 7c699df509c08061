export { LocalAuthority, type ServerIdentity } from './local/local-authority.js';
export { VaultAuthority } from './vault/vault-authority.js';
