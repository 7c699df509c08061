import type { ConnectedLog, ContractName, HarnessClock, LogHarness } from './harness.js';

/** How hard an implementation is tried. */
export interface ContractOptions {
  /** Rounds of the race of 64 deciders. Default 1,000. */
  readonly rounds?: number;
}

/** What each part of the contract works with. */
export interface ContractCase {
  readonly options: ContractOptions;
  /** Connects under a name, closed after the test. */
  connected(name: ContractName): Promise<ConnectedLog>;
  harness(): LogHarness;
  clock(): HarnessClock;
}
