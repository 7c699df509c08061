import { matches } from '@voorman/envelope';
import type { Scheduler } from './weather.js';

/** A record as it lies in the stream. */
export interface StoredRecord {
  readonly position: number;
  readonly subject: string;
  /** The first token behind `log`: whom it wakes. */
  readonly target: string;
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly recordedAtMs: number;
  readonly condition?: { readonly filter: string; readonly after: number };
}

export type Proposal = Pick<StoredRecord, 'subject' | 'id' | 'bytes' | 'condition'>;

export interface Accepted {
  readonly kind: 'accepted';
  readonly position: number;
  /** When it is applied, and so acknowledged. */
  readonly appliedAtMs: number;
}

export type Refused =
  /** Some record already has this id. */
  | { readonly kind: 'duplicate'; readonly position: number; readonly subject: string }
  /** The boundary moved; it ends at `last`. */
  | { readonly kind: 'conflict'; readonly last: number }
  /** Cluster only: the same id, or the same boundary text, is in flight. */
  | { readonly kind: 'in-flight' };

/**
 * The stream of records with its two guards, condition and id. One server checks the condition against everything
 * before it, then the id. A cluster checks the id first, and the condition against what is applied; what is still in
 * flight is seen only under the very same filter text.
 */
export class RecordStream {
  readonly #records: StoredRecord[] = [];
  readonly #bySession = new Map<string, StoredRecord[]>();
  readonly #ids = new Map<string, StoredRecord>();
  readonly #inFlight: { readonly record: StoredRecord; readonly appliedAtMs: number }[] = [];
  #end = 0;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly cluster: boolean,
    private readonly duplicateWindowMs: number,
    private readonly applied: (record: StoredRecord) => void,
  ) {}

  propose({ subject, id, bytes, condition }: Proposal, inFlightMs: number): Accepted | Refused {
    this.#settle();
    const guards = [() => this.#checkCondition(condition), () => this.#checkId(id)];
    if (this.cluster) guards.reverse();
    for (const guard of guards) {
      const refused = guard();
      if (refused) return refused;
    }
    const nowMs = this.scheduler.nowMs();
    this.#end += 1;
    const record: StoredRecord = {
      position: this.#end,
      subject,
      target: subject.split('.')[1] ?? '',
      id,
      bytes,
      recordedAtMs: nowMs,
      ...(condition ? { condition } : {}),
    };
    // Records are applied in the order of their positions, so nobody overtakes one that takes longer.
    const appliedAtMs = Math.max(nowMs + (this.cluster ? inFlightMs : 0), this.#inFlight.at(-1)?.appliedAtMs ?? 0);
    if (appliedAtMs <= nowMs) this.#apply(record);
    else {
      this.#inFlight.push({ record, appliedAtMs });
      this.scheduler.after(appliedAtMs - nowMs, () => this.#settle());
    }
    return { kind: 'accepted', position: record.position, appliedAtMs };
  }

  select(filter: string, after: number, limit: number, behindMs: number): readonly StoredRecord[] {
    this.#settle();
    const candidates = this.#candidates(filter);
    const untilMs = this.scheduler.nowMs() - behindMs;
    const found: StoredRecord[] = [];
    for (let index = firstAfter(candidates, after); index < candidates.length && found.length < limit; index += 1) {
      const record = candidates[index] as StoredRecord;
      if (record.recordedAtMs > untilMs) break;
      if (matches(filter, record.subject)) found.push(record);
    }
    return found;
  }

  last(filter: string): number {
    this.#settle();
    return this.#candidates(filter).findLast((record) => matches(filter, record.subject))?.position ?? 0;
  }

  all(): readonly StoredRecord[] {
    this.#settle();
    return this.#records;
  }

  #checkCondition(condition: StoredRecord['condition']): Refused | undefined {
    if (!condition) return undefined;
    if (this.#inFlight.some(({ record }) => record.condition?.filter === condition.filter))
      return { kind: 'in-flight' };
    const last = this.last(condition.filter);
    // As on the real bus a position behind the boundary's end does not fit either.
    return last === condition.after ? undefined : { kind: 'conflict', last };
  }

  #checkId(id: string): Refused | undefined {
    if (this.#inFlight.some(({ record }) => record.id === id)) return { kind: 'in-flight' };
    const known = this.#ids.get(id);
    if (!known || this.scheduler.nowMs() - known.recordedAtMs > this.duplicateWindowMs) return undefined;
    return { kind: 'duplicate', position: known.position, subject: known.subject };
  }

  /** Applies what has been in flight long enough; asked at every access, so that no order of timers matters. */
  #settle(): void {
    const nowMs = this.scheduler.nowMs();
    for (let next = this.#inFlight[0]; next && next.appliedAtMs <= nowMs; next = this.#inFlight[0]) {
      this.#inFlight.shift();
      this.#apply(next.record);
    }
  }

  #apply(record: StoredRecord): void {
    this.#records.push(record);
    this.#ids.set(record.id, record);
    const session = sessionOf(record.subject);
    const story = this.#bySession.get(session);
    if (story) story.push(record);
    else this.#bySession.set(session, [record]);
    this.applied(record);
  }

  #candidates(filter: string): readonly StoredRecord[] {
    const session = sessionOf(filter);
    return /[*>]|^\.|\.$/.test(session) ? this.#records : (this.#bySession.get(session) ?? []);
  }
}

/** `<tenant>.<session>` of a subject or a filter. */
const sessionOf = (subject: string): string => {
  const [, , tenant = '', session = ''] = subject.split('.');
  return `${tenant}.${session}`;
};

/** Index of the first record after a position. */
function firstAfter(records: readonly StoredRecord[], after: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((records[middle]?.position ?? 0) > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
