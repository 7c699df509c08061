import { DiscardPolicy, RetentionPolicy, StorageType, StoreCompression, type StreamConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import type { Token } from '@voorman/envelope';

/** How much each stream may hold. Bytes; all of it is reserved from the server's `max_file_store` at once. */
export interface StreamSizes {
  /** When the log is full nothing more happens, so this is the size that matters. Default 8 GiB. */
  readonly logBytes: number;
  /** Messages from outside that the orchestrator has not taken yet. Default 256 MiB. */
  readonly inboxBytes: number;
  /** Each writer's large content. Default 2 GiB. */
  readonly payloadBytes: number;
  /** Compiled policy. Default 256 MiB. */
  readonly bundlesBytes: number;
  /** What the server says about deliveries that ended early. Default 64 MiB. */
  readonly advisoryBytes: number;
}

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Fits a laptop: a stack with three bots reserves 22 GiB, and uses only what is written. */
export const DEFAULT_SIZES: StreamSizes = {
  logBytes: 8 * GIB,
  inboxBytes: 256 * MIB,
  payloadBytes: 2 * GIB,
  bundlesBytes: 256 * MIB,
  advisoryBytes: 64 * MIB,
};

/** What we say about a stream; whatever is left out stays the server's default. */
export type StreamDefinition = Partial<StreamConfig> & Pick<StreamConfig, 'name' | 'subjects' | 'num_replicas'>;

/** The stream that every record lies in. */
export const LOG_STREAM = 'LOG';
/** What outside publishers asked for and the orchestrator has not yet taken. */
export const INBOX_STREAM = 'INBOX';
/** What the server itself says of deliveries that are used up. */
export const ADVISORY_STREAM = 'ADVISORY';
/** The object store of published policies and registries. */
export const BUNDLES_BUCKET = 'bundles';
/** Where the server tells that an object of the bundles bucket changed: a hint, never the truth. */
export const BUNDLE_NOTICES = 'live.bundles';
/** The longest time in which the same id may be appended again without being recorded twice. Milliseconds. */
const DUPLICATE_WINDOW_MS = 120_000;

/** The stream of an owner's scheduled messages. */
export const timersStream = (owner: Token): string => `TIMERS_${owner}`;
/** The object store of what a writer has to say that is too large for a record. */
export const payloadsBucket = (writer: Token): string => `payloads_${writer}`;
/** The stream behind an object store bucket. */
export const bucketStream = (bucket: string): string => `OBJ_${bucket}`;

/** The one log. */
export const logStream = (maxBytes: number, replicas: number): StreamDefinition => ({
  name: LOG_STREAM,
  subjects: ['log.*.*.*.*.*'],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  // A full log refuses. It never forgets: neither by age nor to make room.
  discard: DiscardPolicy.New,
  max_age: 0,
  max_msgs: -1,
  max_msgs_per_subject: -1,
  num_replicas: replicas,
  max_bytes: maxBytes,
  max_msg_size: 256 * 1024,
  duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  compression: StoreCompression.None,
  allow_direct: true,
  allow_atomic: true,
  deny_delete: true,
  // Archived sessions are purged one by one; once true it could never be taken back.
  deny_purge: false,
  // Either would let one publisher's header erase records.
  allow_rollup_hdrs: false,
  allow_msg_ttl: false,
});

/** Messages from outside, until the orchestrator has answered them. At most 100 wait per publisher and target. */
export const inboxStream = (maxBytes: number, replicas: number): StreamDefinition => ({
  name: INBOX_STREAM,
  subjects: ['inbox.*.*.*'],
  storage: StorageType.File,
  retention: RetentionPolicy.Workqueue,
  discard: DiscardPolicy.New,
  discard_new_per_subject: true,
  max_msgs_per_subject: 100,
  max_age: 0,
  num_replicas: replicas,
  max_bytes: maxBytes,
  // More than the orchestrator takes, so that it is the orchestrator that says so, in words.
  max_msg_size: 1024 * 1024,
  duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  allow_direct: false,
  allow_rollup_hdrs: false,
  allow_msg_ttl: false,
});

/**
 * One service's deadlines. One stream each: whoever may publish a scheduled message may erase its whole stream by a
 * header. It has no size or age limit, which would drop a deadline unfired.
 */
export const timersStreamOf = (owner: Token, replicas: number): StreamDefinition => ({
  name: timersStream(owner),
  subjects: [`timer.set.${owner}.>`, `timer.due.${owner}.>`],
  storage: StorageType.File,
  retention: RetentionPolicy.Workqueue,
  discard: DiscardPolicy.Old,
  max_age: 0,
  num_replicas: replicas,
  allow_direct: false,
  allow_msg_schedules: true,
  allow_msg_ttl: true,
});

/** What the server tells about records that left a durable without being handled. */
export const advisoryStream = (maxBytes: number, replicas: number): StreamDefinition => ({
  name: ADVISORY_STREAM,
  subjects: [
    `$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${LOG_STREAM}.>`,
    `$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.${LOG_STREAM}.>`,
  ],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.Old,
  num_replicas: replicas,
  max_bytes: maxBytes,
  max_age: nanos(7 * 24 * 3600 * 1000),
  allow_direct: false,
});

/** An object store bucket, as the client library expects to find it. */
const bucketDefinition = (bucket: string, maxBytes: number, replicas: number): StreamDefinition => ({
  name: bucketStream(bucket),
  subjects: [`$O.${bucket}.C.>`, `$O.${bucket}.M.>`],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.New,
  max_age: 0,
  num_replicas: replicas,
  max_bytes: maxBytes,
  allow_direct: true,
  allow_rollup_hdrs: true,
});

/** Compiled policy; each change is announced under `live.bundles`. */
export const bundlesStream = (maxBytes: number, replicas: number): StreamDefinition => ({
  ...bucketDefinition(BUNDLES_BUCKET, maxBytes, replicas),
  republish: { src: `$O.${BUNDLES_BUCKET}.M.>`, dest: `${BUNDLE_NOTICES}.>` },
});

/** One writer's large content. One bucket each: whoever may write one object may wipe its whole bucket by a header. */
export const payloadsStream = (writer: Token, maxBytes: number, replicas: number): StreamDefinition =>
  bucketDefinition(payloadsBucket(writer), maxBytes, replicas);
