export { type BusIdentities, natsAccounts } from './accounts.js';
export {
  type ConnectLogOptions,
  connectLog,
  type LogConnection,
  type LogCredentials,
  type LogHealth,
  type LogSettings,
} from './connection.js';
export type { ConsumerDefinition } from './consumer-config.js';
export type { Durability } from './group-commit.js';
export { type BusKeys, type Credentials, KeyFileError, keepKeys, UnknownParticipantError } from './keys.js';
export { API_PREFIX, botPermissions, inboxPrefix, type Permissions } from './permissions.js';
export { type Provisioned, type ProvisionOptions, provision, StoreTooSmallError } from './provision.js';
export type { LogEvent, LogReport } from './report.js';
export { findNatsServer, type ServerAddress } from './server-address.js';
export {
  type ClusterConfig,
  type ServerConfigOptions,
  serverConfig,
  serverLogFile,
  type TlsFiles,
} from './server-config.js';
export { NatsAlreadyRunningError, NatsConfigError, NatsStartError } from './server-errors.js';
export { type Exit, type NatsServerProcess, type StartOptions, startNatsServer } from './server-process.js';
export { ADVISORY_STREAM, DEFAULT_SIZES, INBOX_STREAM, LOG_STREAM, type StreamSizes } from './stream-config.js';
export {
  type BotUser,
  CORE_SERVICES,
  InvalidTopologyError,
  OPERATOR,
  type PublisherUser,
  type ServiceUser,
  type Topology,
} from './topology.js';
