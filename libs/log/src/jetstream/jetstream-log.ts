import {
  type Boundary,
  type Envelope,
  EnvelopeTooLargeError,
  encodeEnvelope,
  MAX_INLINE_BYTES,
  matches,
  PayloadRef,
  parsePayload,
  subjectOf,
  type Token,
} from '@voorman/envelope';
import { BoundaryMisfitError } from '../errors.js';
import type { Condition, Following, FollowOptions, Log, Page, WakeHandler } from '../log.js';
import type { Payloads } from '../payloads.js';
import type { BoundaryReader } from './boundary-reader.js';
import type { Bus } from './bus.js';
import { logConsumer } from './consumer-config.js';
import { ConsumerFollowing } from './following.js';
import type { GroupCommit } from './group-commit.js';
import { askLeader } from './leader.js';
import { MAX_PAYLOAD_BYTES, type Records } from './records.js';
import { LOG_STREAM } from './stream-config.js';
import { wakingConsumer } from './waking.js';

export interface JetStreamLogParts {
  readonly bus: Bus;
  readonly name: Token;
  readonly payloads: Payloads;
  readonly records: Records;
  readonly boundaries: BoundaryReader;
  readonly commits: GroupCommit;
  /** Told of every following, so that closing the connection can end it. */
  readonly followed: (following: Following) => void;
}

/** The one log, on the stream `LOG`. */
export class JetStreamLog implements Log {
  constructor(private readonly parts: JetStreamLogParts) {}

  /** A server that is part of a cluster names it; there the stream has replicas. */
  get isReplicated(): boolean {
    return this.parts.bus.connection.info?.cluster !== undefined;
  }

  async append(record: Envelope, condition?: Condition): Promise<number> {
    const subject = subjectOf(record);
    if (condition !== undefined && !matches(condition.boundary, subject)) {
      throw new BoundaryMisfitError(condition.boundary, subject);
    }
    const data = this.#inline(record) ?? (await this.#spilled(record));
    return this.parts.commits.append({
      id: record.id,
      subject,
      data,
      ...(condition === undefined ? {} : { condition }),
    });
  }

  read(boundary: Boundary, after: number, limit?: number): Promise<Page> {
    return this.parts.boundaries.page(boundary, after, limit);
  }

  last(boundary: Boundary): Promise<number> {
    return this.parts.boundaries.last(boundary);
  }

  async follow(handler: WakeHandler, options?: FollowOptions): Promise<Following> {
    const { bus, name, records, followed } = this.parts;
    const consumer = wakingConsumer(
      {
        service: name,
        records,
        report: bus.options.report,
        append: (envelope) => this.append(envelope),
        // In a cluster a consumer's count may be given twice when its leader changes.
        ...(this.isReplicated ? {} : { end: () => this.#lastFor(name) }),
      },
      handler,
      options,
    );
    const following = await ConsumerFollowing.start(bus, consumer);
    followed(following);
    return following;
  }

  /** Position of the last record addressed to a service. */
  async #lastFor(name: Token): Promise<number> {
    const last = await askLeader(this.parts.bus, LOG_STREAM, { last_by_subj: logConsumer(name).filter_subject });
    return last?.position ?? 0;
  }

  /** The record as it travels when its payload fits; the common case, encoded once. */
  #inline(record: Envelope): Uint8Array | undefined {
    // A payload that looks like a reference would be taken for one by every reader.
    // (The look at one field spares the hot path a failing parse.)
    if ('digest' in record.payload && PayloadRef.safeParse(record.payload).success) return undefined;
    try {
      const data = encodeEnvelope(record);
      const fits =
        data.length <= MAX_INLINE_BYTES || Buffer.byteLength(JSON.stringify(record.payload)) <= MAX_INLINE_BYTES;
      return fits ? data : undefined;
    } catch (fault) {
      if (fault instanceof EnvelopeTooLargeError) return undefined;
      throw fault;
    }
  }

  /** The record with its payload in the writer's bucket. @throws {EnvelopeTooLargeError} above `MAX_PAYLOAD_BYTES`. */
  async #spilled(record: Envelope): Promise<Uint8Array> {
    const content = Buffer.from(JSON.stringify(parsePayload(record.type, record.payload)));
    if (content.length > MAX_PAYLOAD_BYTES) throw new EnvelopeTooLargeError(content.length, MAX_PAYLOAD_BYTES);
    const payload = await this.parts.payloads.put(once(content), 'application/json');
    return encodeEnvelope({ ...record, payload });
  }
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
