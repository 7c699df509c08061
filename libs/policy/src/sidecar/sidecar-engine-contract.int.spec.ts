import { afterAll, beforeAll } from 'vitest';
import { engineContract } from '../testing/engine.contract.js';
import { OpaServer } from '../testing/opa-server.js';
import { SidecarPolicyEngine } from './sidecar-policy-engine.js';

let server: OpaServer;
beforeAll(async () => {
  server = await OpaServer.start();
});
afterAll(() => server.stop());

engineContract('an OPA beside the service', (bundle, onFault) =>
  SidecarPolicyEngine.load(bundle, { socket: server.socket, onFault, timeoutMs: 5_000 }),
);
