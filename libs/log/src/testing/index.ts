export { CONTRACT_NAMES, type ConnectedLog, type ContractName, type HarnessClock, type LogHarness } from './harness.js';
export { type ContractOptions, logContract } from './log.contract.js';
export { connectionOptions, startTestServer, TEST_TOPOLOGY, type TestServer, type TestServerOptions } from './server.js';
