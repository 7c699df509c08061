import type { Clock, Ids, Log, Timers } from '@voorman/log';
import type { PolicyEngine } from '@voorman/policy';
import type { AgentCard } from './domain/planner.js';

/** What the foreman needs of the world. */
export interface ForemanPorts {
  readonly log: Log;
  readonly timers: Timers;
  readonly policy: PolicyEngine;
  /** The bots that the registry declares. */
  readonly cards: readonly AgentCard[];
  readonly clock: Clock;
  readonly ids: Ids;
  /** Handed to policy with every question, for instance `production`. */
  readonly environment: string;
}

/** The purpose of the one timer that a task has. */
export const TTL = 'ttl';
