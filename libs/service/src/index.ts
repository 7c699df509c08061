export { InvalidConfigError, loadSettings, ServiceConfig, type ServiceSettings } from './config.js';
export { type Health, serveHealth } from './health-server.js';
export { type OperatorLog, operatorLog } from './journal-lines.js';
export { INBOX_MESSAGE, LogTransport, type LogTransportOptions, TIMER_DUE, type Wake } from './log-transport.js';
export { ServiceMetrics } from './metrics.js';
export { openPolicy } from './policy-slot.js';
export { runService, type ServiceDefinition, type ServiceParts } from './run-service.js';
export { systemClock, uuids } from './surroundings.js';
