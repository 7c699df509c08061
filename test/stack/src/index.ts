export { ROOT, registryFolders, type ServiceOptions, type ServiceProcess, startService } from './processes.js';
export { type Answer, Publisher, type Question } from './publisher.js';
export { publishRegistry } from './signed-registry.js';
