export { type BusIdentities, natsAccounts } from './accounts.js';
export {
  type ConnectLogOptions,
  connectLog,
  type LogConnection,
  type LogCredentials,
  type LogHealth,
  type LogSettings,
} from './connection.js';
export { ACK_WAIT_MS, type ConsumerDefinition } from './consumer-config.js';
export type { Durability } from './group-commit.js';
export { type BusKeys, type Credentials, KeyFileError, keepKeys, UnknownParticipantError } from './keys.js';
export { API_PREFIX, botPermissions, inboxPrefix, type Permissions } from './permissions.js';
export {
  consumersOf,
  type Provisioned,
  type ProvisionOptions,
  provision,
  StoreTooSmallError,
  streamsOf,
} from './provision.js';
export type { LogEvent, LogReport } from './report.js';
export { findNatsServer, type ServerAddress } from './server-address.js';
export {
  type ClusterConfig,
  DEFAULT_MAX_FILE_STORE_BYTES,
  type ServerConfigOptions,
  serverConfig,
  serverLogFile,
  type TlsFiles,
} from './server-config.js';
export { NatsAlreadyRunningError, NatsConfigError, NatsStartError } from './server-errors.js';
export { type Exit, type NatsServerProcess, type StartOptions, startNatsServer } from './server-process.js';
export {
  ADVISORY_STREAM,
  BUNDLE_NOTICES,
  BUNDLES_BUCKET,
  bucketStream,
  DEFAULT_SIZES,
  DUPLICATE_WINDOW_MS,
  INBOX_STREAM,
  LOG_STREAM,
  payloadsBucket,
  type StreamSizes,
  timersStream,
} from './stream-config.js';
export {
  type BotUser,
  BUNDLES_WRITER,
  CORE_SERVICES,
  DEFAULT_BOT_TARGETS,
  INBOX_READER,
  InvalidTopologyError,
  insiders,
  OPERATOR,
  type PublisherUser,
  requireTopology,
  type ServiceUser,
  type Topology,
} from './topology.js';
