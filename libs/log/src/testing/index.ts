export { logStream } from '../jetstream/stream-config.js';
export { connectionOptions } from './clients.js';
export { startTestCluster, type TestCluster } from './cluster.js';
export type { ContractOptions } from './contract-case.js';
export { CONTRACT_NAMES, type ConnectedLog, type ContractName, type HarnessClock, type LogHarness } from './harness.js';
export { logContract } from './log.contract.js';
export { openAccounts, sharedAccount } from './open-accounts.js';
export { startTestServer, TEST_TOPOLOGY, type TestBus, type TestServer, type TestServerOptions } from './server.js';
