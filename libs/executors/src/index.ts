export { ApiExecutor } from './api/api-executor.js';
export type { Caller, Cost, Executed, Execution, ExecutorOf, Limits, Meaning, ToolExecutor } from './executor.js';
export { AttachmentFiles } from './process/attachment-files.js';
export { ProcessExecutor } from './process/process-executor.js';
export { GatewaySecrets, type GatewaySecretsOptions } from './secrets/gateway-secrets.js';
export { Masking } from './secrets/masking.js';
export {
  isSecretError,
  type SecretError,
  SecretForbiddenError,
  SecretMissingError,
  type SecretStore,
  SecretUnavailableError,
} from './secrets/secret-store.js';
export { type Executors, WorldExecutor } from './world-executor.js';
