import type { Boundary, Envelope, Recorded } from '@voorman/envelope';

/** "Nothing matching `boundary` was recorded after position `after`" (0: nothing at all). Stored with the record. */
export interface Condition {
  readonly boundary: Boundary;
  readonly after: number;
}

/** Records of a boundary that follow each other. */
export interface Page {
  /** Oldest first. */
  readonly records: readonly Recorded[];
  /** Whether the boundary has more records behind these. */
  readonly more: boolean;
}

/**
 * The one log. Every service depends on this port, never on the broker behind it.
 * Payloads above 64 KiB travel through the object store and come back whole; nobody who appends or reads sees that.
 */
export interface Log {
  /**
   * True where the log is replicated. A condition then does not see what is in flight without one, or under another
   * boundary: such a record may lie in the boundary between `after` and the appended record. Whoever goes on from the
   * state that it decided on reads that gap first, as `Decisions` does.
   */
  readonly isReplicated: boolean;

  /**
   * The record as this log takes it, where it does not take all of it. Whoever goes on from a record that he appended goes
   * on from this, so that he knows what a reader will know. Absent: it takes everything.
   */
  readonly taken?: (record: Envelope) => Envelope;

  /**
   * Appends one record; resolves with its position when it is on disk (on a majority of disks in a cluster).
   * A lost acknowledgement is the log's business: the record is looked for by its id before anything is reported.
   * @param condition what must still hold; left out for facts from outside.
   * @throws {ConditionFailedError} the boundary moved: catch up, decide again.
   * @throws {LogUnavailableError} outcome unknown after 30 s: repeat with the same id, a copy is recognised.
   * @throws {BoundaryMisfitError} the condition's boundary does not cover the record itself.
   * @throws {IdTakenError} another record has this id: this one was not recorded.
   * @throws {LogForbiddenError} the bus refuses this writer this subject; never retried.
   * @throws {LogFullError} there is no room: nothing that follows from this record may happen.
   */
  append(record: Envelope, condition?: Condition): Promise<number>;

  /**
   * One page of a boundary after a position, oldest first. May be a moment behind what was just appended in a cluster.
   * @param limit at most this many records; default 500.
   */
  read(boundary: Boundary, after: number, limit?: number): Promise<Page>;

  /** The position of the boundary's last record as the leader knows it; 0 where there is none. */
  last(boundary: Boundary): Promise<number>;

  /**
   * Follows the records addressed to this service, from where its durable consumer stands; replicas share them.
   * One record of a task at a time in this process, unless `isOrdered` is false.
   */
  follow(handler: WakeHandler, options?: FollowOptions): Promise<Following>;
}

/**
 * Handles one waking record. Resolving acknowledges it; throwing hands it back to come again later, with backoff.
 * While the promise is pending the consumer is told every second that work goes on, so a long handler keeps its record.
 */
export type WakeHandler = (record: Recorded, delivery: Delivery) => Promise<void>;

/** How a record came to its handler. */
export interface Delivery {
  /** 1 for the first time; more when an earlier holder died, froze or gave it back. */
  readonly count: number;
  /**
   * From this position up to the record at hand, every record addressed to this service was delivered to this process
   * alone, once, in order, and those of the same task were handled to their end. A process that knows this knows that no
   * replica was woken by any of them. Looked at anew each time. `undefined` where it is not known: with replicas at work,
   * for a while after a reconnect, where records are not handled in order, in a cluster.
   */
  readonly aloneSince?: number | undefined;
}

/** How much a process takes at once, in what order, and when it gives up. */
export interface FollowOptions {
  /** Records handled at once in this process. Default 64. */
  readonly slots?: number;
  /**
   * Records that may wait in this process for a slot, kept from other replicas meanwhile: few where handlers are slow, so
   * that replicas share the work; more keeps quick ones busy. Default 64.
   */
  readonly buffer?: number;
  /**
   * Whether the records of one task are handled one after the other, in their order. Default true; false where they have
   * nothing to do with each other, as the calls of parallel steps.
   */
  readonly isOrdered?: boolean;
  /** After this many deliveries a record is quarantined: recorded and visible, never dropped. Default 20. */
  readonly maxDeliveries?: number;
}

/** One follower at work. */
export interface Following {
  /** Records taken and not yet acknowledged by this process. */
  readonly held: number;
  /** Stops taking records, waits up to `graceMs` (default 10,000) for the handlers, hands the rest back. */
  drain(graceMs?: number): Promise<void>;
}
