import { logContract, startTestServer } from '../testing/index.js';
import { jetStreamHarness } from './testing/jetstream-harness.js';

logContract('the JetStream log on one server', (names) => jetStreamHarness(startTestServer, names));
