import { type Boundary, type Envelope, matches, type Recorded, subjectOf } from '@voorman/envelope';
import { BoundaryMisfitError, ConditionFailedError, IdTakenError, LogForbiddenError } from '../errors.js';
import type { Condition, Following, FollowOptions, Log, Page, WakeHandler } from '../log.js';
import type { Payloads } from '../payloads.js';
import { Follower } from './follower.js';
import type { Link } from './link.js';
import { quarantineRecord } from './quarantine.js';
import { RecordCodec } from './record-codec.js';
import type { Proposal, StoredRecord } from './record-stream.js';
import type { MemoryStore } from './store.js';

/** How soon to look again where an append of the same boundary is in flight. Milliseconds. */
const IN_FLIGHT_PAUSE_MS = 10;

/** One process's log on a store in memory. */
export class MemoryLog implements Log {
  readonly #codec: RecordCodec;

  constructor(
    private readonly store: MemoryStore,
    private readonly link: Link,
    payloads: Payloads,
    /** Every following that this process starts, so that closing finds it. */
    private readonly followings: Set<Following>,
  ) {
    this.#codec = new RecordCodec(payloads);
  }

  get isReplicated(): boolean {
    return this.store.cluster;
  }

  async append(envelope: Envelope, condition?: Condition): Promise<number> {
    const subject = subjectOf(envelope);
    if (condition && !matches(condition.boundary, subject)) throw new BoundaryMisfitError(condition.boundary, subject);
    const bytes = await this.#codec.encode(envelope);
    if (envelope.source_agent !== this.link.client) throw new LogForbiddenError(subject);
    const proposal: Proposal = {
      subject,
      id: envelope.id,
      bytes,
      ...(condition ? { condition: { filter: condition.boundary, after: condition.after } } : {}),
    };
    for (;;) {
      const answer = await this.link.ask(
        'append',
        `appending ${envelope.id}`,
        (fate) => this.store.propose(proposal, fate.inFlightMs),
        (given) => (given.kind === 'accepted' ? given.appliedAtMs - this.link.weather.nowMs() : 0),
      );
      switch (answer.kind) {
        case 'accepted':
          return answer.position;
        case 'duplicate':
          if (answer.subject !== subject) throw new IdTakenError(envelope.id);
          return answer.position;
        case 'in-flight':
          await this.link.wait(IN_FLIGHT_PAUSE_MS);
          continue;
        case 'conflict': {
          const own = condition && (await this.#own(proposal, condition));
          if (own !== undefined) return own;
          throw new ConditionFailedError(proposal.condition?.filter ?? subject, condition?.after ?? 0, answer.last);
        }
      }
    }
  }

  async read(boundary: Boundary, after: number, limit = 500): Promise<Page> {
    const stored = await this.link.ask('read', `reading ${boundary}`, (fate) =>
      this.store.read(boundary, after, limit + 1, fate.behindMs),
    );
    const records: Recorded[] = [];
    for (const record of stored.slice(0, limit)) records.push(await this.#codec.decode(record));
    return { records, more: stored.length > limit };
  }

  last(boundary: Boundary): Promise<number> {
    return this.link.ask('last', `the end of ${boundary}`, () => this.store.last(boundary));
  }

  follow(handler: WakeHandler, options: FollowOptions = {}): Promise<Following> {
    const follower = new Follower<StoredRecord>(this.link, this.store.durable(this.link.client), {
      slots: options.slots ?? 64,
      ...(options.isOrdered === false ? {} : { lane: (record) => record.subject.split('.').slice(2, 5).join('.') }),
      handle: async (record, delivery) => handler(await this.#codec.decode(record), delivery),
      ...(options.isOrdered === false || this.isReplicated ? {} : { end: () => this.#lastFor(this.link.client) }),
      quarantine: {
        maxDeliveries: options.maxDeliveries ?? 20,
        setAside: async (record, deliveries, reason) => {
          const setAside = quarantineRecord(this.link.client, record, deliveries, reason, this.link.weather.nowMs());
          await this.append(setAside);
        },
      },
    });
    this.followings.add(follower);
    return Promise.resolve(follower);
  }

  /** Position of the last record addressed to a service. */
  #lastFor(name: string): Promise<number> {
    return this.link.ask('last', `the last record for ${name}`, () => this.store.last(`log.${name}.>`));
  }

  /** An attempt whose acknowledgement was lost makes the next one a conflict: then our own record lies behind. */
  async #own(proposal: Proposal, condition: Condition): Promise<number | undefined> {
    const behind = await this.link.ask('last', `looking for ${proposal.id}`, () =>
      this.store.read(condition.boundary, condition.after, Number.POSITIVE_INFINITY),
    );
    return behind.find((record) => record.id === proposal.id && record.subject === proposal.subject)?.position;
  }
}
