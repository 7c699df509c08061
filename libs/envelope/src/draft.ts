import { ENVELOPE_SCHEMA, type Envelope } from './envelope.js';
import type { PayloadOf, RecordType } from './records/catalogue.js';
import type { Token } from './token.js';

/** The next record as a decider names it: what happened and whom it wakes. Whoever appends it adds id, time and writer. */
export type Draft<T extends RecordType = RecordType> = T extends RecordType
  ? {
      readonly type: T;
      readonly target: Token;
      readonly payload: PayloadOf<T>;
      /** The task that the record belongs to, where it is another than the one that the decision is made in. */
      readonly task?: Token;
      /** Life of that task in seconds, where it is another's. */
      readonly ttlSeconds?: number;
    }
  : never;

/** What a draft lacks to be an envelope. */
export interface Seal {
  readonly source: Token;
  readonly tenant: Token;
  readonly session: Token;
  readonly task: Token;
  readonly ttlSeconds: number;
  /** A token; the envelope's id becomes `<source>.<id>`. */
  readonly id: string;
  readonly atMs: number;
  /** Id of the record that led to this one. */
  readonly causationId?: string;
}

/** The envelope that records a draft. */
export const sealDraft = (draft: Draft, seal: Seal): Envelope =>
  ({
    id: `${seal.source}.${seal.id}`,
    type: draft.type,
    schema: ENVELOPE_SCHEMA,
    tenant: seal.tenant,
    task_id: draft.task ?? seal.task,
    source_agent: seal.source,
    target_agent: draft.target,
    payload: draft.payload,
    correlation_id: seal.session,
    ttl_seconds: draft.ttlSeconds ?? seal.ttlSeconds,
    time: new Date(seal.atMs).toISOString(),
    ...(seal.causationId === undefined ? {} : { causation_id: seal.causationId }),
  }) as Envelope;
