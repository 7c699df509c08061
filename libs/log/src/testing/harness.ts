import type { PayloadRef } from '@voorman/envelope';
import type { Bundles } from '../bundles.js';
import type { Inbox } from '../inbox.js';
import type { Log } from '../log.js';
import type { Payloads } from '../payloads.js';
import type { Timers } from '../timers.js';

/** What one process of a service sees of the log. Two connections under one name are two replicas of one service. */
export interface ConnectedLog {
  readonly log: Log;
  readonly timers: Timers;
  readonly payloads: Payloads;
  readonly inbox: Inbox;
  readonly bundles: Bundles;
  close(): Promise<void>;
}

/** A running log to hold the contract against; one for all of its tests. */
export interface LogHarness<Connection extends ConnectedLog = ConnectedLog> {
  /** Connects as a service out of `CONTRACT_NAMES`; each of them may publish to each, under its own name only. */
  connect(name: string): Promise<Connection>;
  stop(): Promise<void>;
  /** Time as this log sees it. Default: the real one. */
  readonly clock?: HarnessClock;
  /** True where a record under another's name is refused. */
  readonly guarded?: boolean;
  /** Puts a message into the inbox, as an outside publisher does. Without it the inbox is not tested. */
  publish?(tenant: string, publisher: string, target: string, body: Uint8Array): Promise<void>;
  /** What this harness can break; what it cannot is skipped, and shown as skipped. */
  readonly faults?: {
    /** The connection's next append is recorded, and its acknowledgement is lost on the way back. */
    loseNextAcknowledgement?(connection: Connection): void;
    /** Ends the connection as SIGKILL would: nothing is finished, nothing handed back. */
    kill?(connection: Connection): Promise<void>;
    /** Replaces stored content behind the back of its reference. */
    corrupt?(ref: PayloadRef): Promise<void>;
  };
}

export interface HarnessClock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  wait(ms: number): Promise<void>;
}

export const realClock: HarnessClock = {
  nowMs: () => Date.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** Every service name that the contract connects as or addresses; a harness creates their durables beforehand. */
export const CONTRACT_NAMES = [
  'orchestrator',
  'writer',
  'other-writer',
  'racer',
  'follower',
  'thrower',
  'slow-follower',
  'leaver',
  'victim',
  'quarantiner',
  'poisoned',
  'orderly',
  'reader',
  'timekeeper',
  'late-timekeeper',
] as const;
export type ContractName = (typeof CONTRACT_NAMES)[number];

/** Polls until `look` yields something other than `undefined` and `false`. @throws after `withinMs`, naming `what`. */
export async function eventually<T>(
  clock: HarnessClock,
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 10_000,
): Promise<T> {
  const deadline = clock.nowMs() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (clock.nowMs() > deadline) throw new Error(`Waited ${withinMs} ms in vain for: ${what}.`);
    await clock.wait(10);
  }
}
