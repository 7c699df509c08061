export { ApiExecutor, type ApiExecutorOptions } from './api/api-executor.js';
export type { Caller, Cost, Executed, Execution, ExecutorOf, Limits, Meaning, ToolExecutor } from './executor.js';
export { type FunctionCall, FunctionExecutor, type FunctionHandler } from './function/function-executor.js';
export { loadFunctions, type ModuleProblem } from './function/function-modules.js';
export { MailExecutor, type MailExecutorOptions } from './mail/mail-executor.js';
export type { ToolDescription } from './mcp/description.js';
export type { McpManifest } from './mcp/mcp-attempt.js';
export { McpExecutor, type McpExecutorOptions } from './mcp/mcp-executor.js';
export { AttachmentFiles } from './process/attachment-files.js';
export { ProcessExecutor } from './process/process-executor.js';
export type { ProcessManifest } from './process/program-start.js';
export { loadSandboxes } from './sandbox/profile-file.js';
export { type Place, Sandbox, type SandboxOptions } from './sandbox/sandbox.js';
export { ScriptExecutor } from './script/script-executor.js';
export { GatewaySecrets, type GatewaySecretsOptions } from './secrets/gateway-secrets.js';
export { InvalidKeyringError, type Keyring, openKeyring } from './secrets/keyring.js';
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
