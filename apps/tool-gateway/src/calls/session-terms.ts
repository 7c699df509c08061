import { FOREMAN, type Recorded, type SessionTerms, serviceBoundary } from '@voorman/envelope';
import { LRUCache } from 'lru-cache';
import type { GatewayPorts } from '../ports.js';
import { firstRequest } from './first-request.js';
import type { TaskGrant } from './task-grants.js';

/** Under what a session runs, and since when. */
export interface Session {
  readonly terms: SessionTerms;
  /** Milliseconds since 1970. */
  readonly beganAtMs: number;
  /** On whose behalf it runs. */
  readonly publisher?: string;
}

/** What holds where a session's first record names no terms: no bot may be refused for ever. */
export const DEFAULT_TERMS: SessionTerms = { budget: { refusals: 100 } };

/** How soon a replica that is behind is asked again. Milliseconds. */
const BEHIND_MS = 20;

/** Reads a session's terms from its first record, once: they stay the same until it ends. */
export class Sessions {
  readonly #known = new LRUCache<string, Promise<Session>>({ max: 10_000 });

  constructor(private readonly ports: Pick<GatewayPorts, 'log' | 'wait'>) {}

  /**
   * @param grant of the task that led here. A task that came straight from a publisher has the terms in it, and the
   * session's first record need not be looked for.
   * @throws what `Log.read` throws.
   */
  of(record: Recorded, grant?: TaskGrant): Promise<Session> {
    const key = `${record.tenant} ${record.correlation_id}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const reading = this.#read(record, grant).then((session) => {
      // Without a first record nothing is fixed yet.
      if (session.publisher === undefined) this.#known.delete(key);
      return session;
    });
    this.#known.set(key, reading);
    reading.catch(() => this.#known.delete(key));
    return reading;
  }

  async #read(record: Recorded, grant: TaskGrant): Promise<Session> {
    if (typeof grant === 'object' && grant.payload.delegation?.terms !== undefined) return sessionIn(grant);
    const boundary = serviceBoundary(record.tenant, record.correlation_id, FOREMAN);
    for (;;) {
      const first = await firstRequest(this.ports.log, boundary);
      if (first === 'none') return { terms: DEFAULT_TERMS, beganAtMs: record.recordedAtMs };
      if (first !== undefined) return sessionIn(first);
      // A replica may answer before it has what led to this very call; the leader knows.
      await this.ports.wait(BEHIND_MS, never);
    }
  }
}

const never = new AbortController().signal;

function sessionIn({ payload, recordedAtMs }: Recorded<'task-requested'>): Session {
  const { terms = DEFAULT_TERMS, on_behalf_of: publisher = 'unknown' } = payload.delegation ?? {};
  return { terms, beganAtMs: recordedAtMs, publisher };
}
