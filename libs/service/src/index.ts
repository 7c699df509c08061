export { InvalidConfigError, loadSettings, ServiceConfig, type ServiceSettings } from './config.js';
export { type Health, serveHealth } from './health-server.js';
export { type OperatorLog, operatorLog } from './journal-lines.js';
export {
  INBOX_GIVEN_UP,
  INBOX_MESSAGE,
  LogTransport,
  type LogTransportOptions,
  type Quarantine,
  TIMER_DUE,
  TIMER_GIVEN_UP,
  UnsupportedTransportError,
  type Wake,
} from './log-transport.js';
export { ServiceMetrics } from './metrics.js';
export { loadPolicyPointSettings, type PolicyPointSettings, trustFolders } from './policy-settings.js';
export { openPolicy } from './policy-slot.js';
export { requireTrusted } from './policy-trust.js';
export { runService, type ServiceDefinition, type ServiceParts } from './run-service.js';
export { systemClock, uuids } from './surroundings.js';
export { logWithoutSecrets, withoutSecrets } from './without-secrets.js';
