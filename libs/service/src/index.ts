export { InvalidConfigError, type ServiceSettings } from './config.js';
export type { Health } from './health-server.js';
export { type OperatorLog, operatorLog } from './journal-lines.js';
export {
  INBOX_GIVEN_UP,
  INBOX_MESSAGE,
  type LogTransportOptions,
  type Quarantine,
  TIMER_DUE,
  TIMER_GIVEN_UP,
  UnsupportedTransportError,
  type Wake,
} from './log-transport.js';
export { type PolicyPointSettings, trustFolders } from './policy-settings.js';
export { openPolicy } from './policy-slot.js';
export { requireTrusted } from './policy-trust.js';
export { runService, type ServiceDefinition, type ServiceParts } from './run-service.js';
export { systemClock, uuids } from './surroundings.js';
