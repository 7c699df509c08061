import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { appendContract } from './append.contract.js';
import type { ContractCase, ContractOptions } from './contract-case.js';
import { followContract } from './follow.contract.js';
import { CONTRACT_NAMES, type ConnectedLog, type ContractName, type LogHarness, realClock } from './harness.js';
import { raceContract } from './race.contract.js';
import { redeliveryContract } from './redelivery.contract.js';
import { storesContract } from './stores.contract.js';
import { timersContract } from './timers.contract.js';

/**
 * Holds one implementation of the log to what its ports promise. Every test works in sessions of its own, and every
 * follower under a name of its own, so one running log serves all of them.
 * @param start gets the names that will connect.
 */
export function logContract<Connection extends ConnectedLog>(
  name: string,
  start: (names: readonly ContractName[]) => Promise<LogHarness<Connection>>,
  options: ContractOptions = {},
): void {
  describe(name, () => {
    let running: LogHarness | undefined;
    const open: ConnectedLog[] = [];
    const harness = (): LogHarness => {
      if (!running) throw new Error('The harness has not started.');
      return running;
    };
    const contractCase: ContractCase = {
      options,
      harness,
      clock: () => harness().clock ?? realClock,
      connected: async (as) => {
        const connection = await harness().connect(as);
        open.push(connection);
        return connection;
      },
    };

    beforeAll(async () => {
      // Faults get back exactly the connections that this harness gave out.
      running = (await start(CONTRACT_NAMES)) as LogHarness;
    });
    afterEach(async () => {
      await Promise.all(open.splice(0).map((connection) => connection.close()));
    });
    afterAll(async () => {
      await running?.stop();
    });

    describe('append and read', () => appendContract(contractCase));
    describe('deciding together', () => raceContract(contractCase));
    describe('following', () => followContract(contractCase));
    describe('handing back', () => redeliveryContract(contractCase));
    describe('timers', () => timersContract(contractCase));
    describe('payloads, inbox and bundles', () => storesContract(contractCase));
  });
}
