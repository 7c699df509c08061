import { FOREMAN, type Recorded, type SessionTerms, serviceBoundary } from '@voorman/envelope';
import type { Log } from '@voorman/log';
import { LRUCache } from 'lru-cache';
import { expiryOf } from './attempt.js';

/** Under what a session runs, and since when. */
export interface Session {
  readonly terms: SessionTerms;
  /** Milliseconds since 1970. */
  readonly beganAtMs: number;
  /** On whose behalf it runs. */
  readonly publisher?: string;
  /** The task that began it, whom it was given to, and until when it lives: milliseconds since 1970. */
  readonly opened?: { readonly task: string; readonly agent: string; readonly expiresAtMs: number };
}

/** What holds where a session's first record names no terms: no bot may be refused for ever. */
export const DEFAULT_TERMS: SessionTerms = { budget: { refusals: 100 } };

/** The first record is the first that is asked for; behind refused messages of the same name it is a later one. */
const FIRST = 1;
const MORE = 100;

/** Reads a session's terms from its first record, once: they stay the same until it ends. */
export class Sessions {
  readonly #known = new LRUCache<string, Promise<Session>>({ max: 10_000 });

  constructor(private readonly log: Log) {}

  /** @throws what `Log.read` throws. */
  of(record: Recorded): Promise<Session> {
    const key = `${record.tenant} ${record.correlation_id}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const reading = this.#read(record).then((session) => {
      // Without a first record nothing is fixed yet.
      if (session.publisher === undefined) this.#known.delete(key);
      return session;
    });
    this.#known.set(key, reading);
    reading.catch(() => this.#known.delete(key));
    return reading;
  }

  async #read(record: Recorded): Promise<Session> {
    const boundary = serviceBoundary(record.tenant, record.correlation_id, FOREMAN);
    for (let after = 0, limit = FIRST; ; limit = MORE) {
      const page = await this.log.read(boundary, after, limit);
      const first = page.records.find((each): each is Recorded<'task-requested'> => each.type === 'task-requested');
      if (first !== undefined) return sessionIn(first);
      const last = page.records.at(-1);
      if (last !== undefined) after = last.position;
      // A replica may answer before it has what led to this very call; the leader knows.
      else if ((await this.log.last(boundary)) <= after)
        return { terms: DEFAULT_TERMS, beganAtMs: record.recordedAtMs };
    }
  }
}

function sessionIn(first: Recorded<'task-requested'>): Session {
  const { payload, recordedAtMs, task_id, target_agent } = first;
  const { terms = DEFAULT_TERMS, on_behalf_of: publisher = 'unknown' } = payload.delegation ?? {};
  return {
    terms,
    beganAtMs: recordedAtMs,
    publisher,
    opened: { task: task_id, agent: target_agent, expiresAtMs: expiryOf(first) },
  };
}
