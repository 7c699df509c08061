import { logContract, startTestCluster } from '../testing/index.js';
import { jetStreamHarness } from './testing/jetstream-harness.js';

logContract('the JetStream log on a cluster of three', (names) => jetStreamHarness(startTestCluster, names), {
  rounds: 200,
});
