export { ApiExecutor, type ApiExecutorOptions } from './api/api-executor.js';
export type { Caller, Cost, Executed, Execution, ExecutorOf, Limits, Meaning, ToolExecutor } from './executor.js';
export { AttachmentFiles } from './process/attachment-files.js';
export { ProcessExecutor } from './process/process-executor.js';
export { ISOLATED, Sandboxes, type SandboxProfile } from './sandbox/profile.js';
export { loadSandboxes } from './sandbox/profile-file.js';
export { Sandbox, type SandboxOptions } from './sandbox/sandbox.js';
export { GatewaySecrets, type GatewaySecretsOptions } from './secrets/gateway-secrets.js';
export { InvalidKeyringError, type Keyring, KeyringConfig, openKeyring } from './secrets/keyring.js';
export { Masking } from './secrets/masking.js';
export {
  isSecretError,
  type SecretError,
  SecretForbiddenError,
  SecretMissingError,
  type SecretStore,
  SecretUnavailableError,
} from './secrets/secret-store.js';
export { SqlExecutor, type SqlExecutorOptions } from './sql/sql-executor.js';
export { type Executors, WorldExecutor } from './world-executor.js';
