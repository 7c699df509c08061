import { setTimeout as pause } from 'node:timers/promises';
import { type MsgHdrs, MsgHdrsImpl } from '@nats-io/nats-core';
import { type Boundary, EnvelopeTooLargeError, MAX_RECORD_BYTES } from '@voorman/envelope';
import { ConditionFailedError, IdTakenError, LogFullError, LogUnavailableError, StreamDriftError } from '../errors.js';
import type { BoundaryReader } from './boundary-reader.js';
import type { Bus } from './bus.js';
import { ApiError, NoAnswerError } from './question.js';
import { LOG_STREAM } from './stream-config.js';

/** An encoded record on its way into the log. */
export interface Append {
  readonly id: string;
  readonly subject: string;
  readonly data: Uint8Array;
  readonly condition?: { readonly boundary: Boundary; readonly after: number };
}

interface PublishAnswer {
  readonly seq: number;
  readonly duplicate?: boolean;
}

/** The server's refusals of an append, by their codes. */
const CONFLICT = 10071;
const CONFLICT_IN_FLIGHT = 10164;
const DUPLICATE_IN_FLIGHT = 10158;
const FULL = 10077;
const TOO_LARGE = [10054, 10097];

/** Headers that were put together here, out of constants and tokens: nothing in them has to be checked, or looked up. */
class AppendHeaders extends MsgHdrsImpl {
  constructor(private readonly lines: string) {
    super();
  }

  override encode(): Uint8Array {
    return Buffer.from(`NATS/1.0\r\n${this.lines}\r\n`, 'latin1');
  }
}

/** Headers that carry a condition and the id by which a repetition is recognised. @param more whole lines. */
export function appendHeaders({ id, condition }: Append, more = ''): MsgHdrs {
  const own = `Nats-Msg-Id: ${id}\r\n${more}`;
  if (condition === undefined) return new AppendHeaders(own);
  const { boundary, after } = condition;
  return new AppendHeaders(
    `${own}Nats-Expected-Last-Subject-Sequence: ${after}\r\nNats-Expected-Last-Subject-Sequence-Subject: ${boundary}\r\n`,
  );
}

/**
 * Puts one append through to its end, whatever gets lost on the way: the same id under the same condition is sent again
 * until the log says what became of it.
 *
 * One server answers a repetition with a conflict, since it looks at the condition before the id; a cluster answers
 * `duplicate`, or that our own attempt is in flight. So a conflict is one only if our id does not lie behind the
 * condition's position, and a duplicate is ours only if the record there is.
 */
export class Appending {
  constructor(
    private readonly bus: Bus,
    private readonly boundaries: BoundaryReader,
  ) {}

  /** Resolves with the record's position. @throws what `Log.append` throws. */
  async settle(append: Append, untilMs: number): Promise<number> {
    let current = append;
    for (let pauseMs = 10; ; pauseMs = Math.min(1_000, pauseMs * 2)) {
      try {
        await this.bus.ready(untilMs);
        const { seq, duplicate } = await this.bus.askApi<PublishAnswer>({
          subject: current.subject,
          data: current.data,
          headers: appendHeaders(current),
        });
        return duplicate === true ? await this.#ours(current, seq) : seq;
      } catch (fault) {
        if (fault instanceof ApiError) {
          const next = await this.#refused(current, fault);
          if (typeof next === 'number') return next;
          current = next;
        } else if (!(fault instanceof NoAnswerError)) throw fault;
        if (Date.now() + pauseMs >= untilMs || this.bus.connection.isClosed()) {
          throw new LogUnavailableError(`appending ${append.id}: ${(fault as Error).message}`, { cause: fault });
        }
        if (fault instanceof NoAnswerError) await pause(pauseMs);
      }
    }
  }

  /** The position where the append turned out to be recorded, or what to try next. */
  async #refused(append: Append, refusal: ApiError): Promise<number | Append> {
    switch (refusal.code) {
      case CONFLICT:
        return this.#conflict(append, Number(/: (\d+)/.exec(refusal.message)?.[1] ?? 0));
      case CONFLICT_IN_FLIGHT: {
        await pause(10);
        if (append.condition === undefined) return append;
        return this.#conflict(append, (await this.boundaries.end(append.condition.boundary))?.position ?? 0);
      }
      case DUPLICATE_IN_FLIGHT:
        await pause(10);
        return append;
      case FULL:
        throw new LogFullError({ cause: refusal });
    }
    if (TOO_LARGE.includes(refusal.code)) throw new EnvelopeTooLargeError(append.data.length, MAX_RECORD_BYTES);
    throw new StreamDriftError(LOG_STREAM, [`it refuses ${append.subject}: ${refusal.message}`]);
  }

  /** Finds out who moved the boundary up to `end`: we ourselves, somebody else, or nobody who counts. */
  async #conflict(append: Append, end: number): Promise<number | Append> {
    if (append.condition === undefined) return append;
    const { boundary, after } = append.condition;
    if (end < after) throw new ConditionFailedError(boundary, after, end);
    if (end === after) return append;
    const behind = await this.#caughtUp(append.id, boundary, after, end);
    if (behind.own !== undefined) return this.#ours(append, behind.own.position);
    if (behind.last > 0) throw new ConditionFailedError(boundary, after, behind.last);
    // Only messages that are no records lie there: the condition holds for everything that can be read.
    return { ...append, condition: { boundary, after: behind.end } };
  }

  /** What lies behind `after`, once the replica that answers has seen the conflict itself. */
  async #caughtUp(id: string, boundary: Boundary, after: number, end: number) {
    for (let tries = 0; ; tries++) {
      const behind = await this.boundaries.behind(boundary, after, id);
      if (behind.own !== undefined || behind.end >= end) return behind;
      if (tries === 500) throw new LogUnavailableError(`no replica has position ${end} of ${boundary}`);
      await pause(Math.min(20, 2 + tries));
    }
  }

  /** @throws {IdTakenError} when the record at `position` only has our id. */
  async #ours(append: Append, position: number): Promise<number> {
    const there = await this.boundaries.at(position);
    if (there?.subject === append.subject && there.header('Nats-Msg-Id') === append.id) return position;
    throw new IdTakenError(append.id);
  }
}
