import type { SessionBudget } from '@voorman/envelope';
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
  /** Under what new sessions run. Default: without limits, and nobody vouches for a role. */
  readonly terms?: TermsSource;
}

/** What the terms of sessions are made of. */
export interface TermsSource {
  readonly budget: SessionBudget;
  /** The registry's newest revision; `undefined` while there is none. */
  readonly registry: () => string | undefined;
  /** Roles that a publisher's people may have. */
  readonly rolesOf: (tenant: string, publisher: string) => Promise<readonly string[]>;
}

/** The purpose of the one timer that a task has. */
export const TTL = 'ttl';
