import type { Boundary, Recorded } from '@voorman/envelope';
import { LRUCache } from 'lru-cache';
import type { Page } from '../log.js';
import type { Bus } from './bus.js';
import { askLeader } from './leader.js';
import { type Stored, walk } from './pages.js';
import { ReadAhead } from './read-ahead.js';
import type { Records } from './records.js';
import { LOG_STREAM } from './stream-config.js';

const PAGE = 500;

/** Reads boundaries of the log: pages from whichever replica answers, the last position from the leader. */
export class BoundaryReader {
  /** For boundaries that end in messages that are no records: where these end, and the last record before them. */
  readonly #ends = new LRUCache<Boundary, { readonly end: number; readonly last: number }>({ max: 1_000 });

  readonly #pages: ReadAhead;

  constructor(
    private readonly bus: Bus,
    private readonly records: Records,
  ) {
    this.#pages = new ReadAhead(bus);
  }

  /** @throws {LogUnavailableError} @throws {LogForbiddenError} @throws {PayloadMissingError} */
  async page(boundary: Boundary, after: number, limit = PAGE): Promise<Page> {
    const records: Recorded[] = [];
    for (let from = after + 1; ; ) {
      const request = { stream: LOG_STREAM, filter: boundary, from, size: limit };
      const page = await this.#pages.read(request);
      for (const stored of page.stored) {
        const reading = this.records.readable(stored);
        const record = reading instanceof Promise ? await reading : reading;
        if (record !== undefined) records.push(record);
      }
      const last = page.stored.at(-1);
      // A page without a single record is not the end while there are more: callers stop at an empty one.
      if (records.length > 0 || !page.more || last === undefined) return { records, more: page.more };
      from = last.position + 1;
    }
  }

  /** Position of the boundary's last record as the leader knows it; 0 where there is none. */
  async last(boundary: Boundary): Promise<number> {
    const end = await this.end(boundary);
    if (end === undefined) return 0;
    const known = this.#ends.get(boundary);
    if (known?.end === end.position) return known.last;
    if ((await this.records.readable(end)) !== undefined) return end.position;
    const last = await this.#lastRecord(boundary);
    this.#ends.set(boundary, { end: end.position, last });
    return last;
  }

  /** The boundary's last message as the leader knows it, record or not. */
  end(boundary: Boundary): Promise<Stored | undefined> {
    return this.bus.patiently(`asking for the end of ${boundary}`, () =>
      askLeader(this.bus, LOG_STREAM, { last_by_subj: boundary }),
    );
  }

  /** The message at a position as the leader knows it. */
  at(position: number): Promise<Stored | undefined> {
    return this.bus.patiently(`asking for ${position}`, () => askLeader(this.bus, LOG_STREAM, { seq: position }));
  }

  /**
   * What lies behind `after`: where the message with this id is, if it is there, and the last record.
   * Looks at headers alone until the end, since a boundary may be long and its records large.
   */
  async behind(boundary: Boundary, after: number, id: string): Promise<Behind> {
    let end = 0;
    let lastRecord: Stored | undefined;
    const request = { stream: LOG_STREAM, filter: boundary, from: after + 1, size: PAGE };
    for await (const page of walk(this.bus, request)) {
      const own = page.find((stored) => stored.header('Nats-Msg-Id') === id);
      if (own !== undefined) return { own, end: own.position, last: own.position };
      end = page.at(-1)?.position ?? end;
      lastRecord = (await this.#lastReadable(page)) ?? lastRecord;
    }
    return { end, last: lastRecord?.position ?? 0 };
  }

  async #lastReadable(page: readonly Stored[]): Promise<Stored | undefined> {
    for (const stored of page.toReversed()) if ((await this.records.readable(stored)) !== undefined) return stored;
    return undefined;
  }

  async #lastRecord(boundary: Boundary): Promise<number> {
    let last = 0;
    for await (const page of walk(this.bus, { stream: LOG_STREAM, filter: boundary, from: 1, size: PAGE })) {
      last = (await this.#lastReadable(page))?.position ?? last;
    }
    return last;
  }
}

export interface Behind {
  /** The message with the id that was looked for. */
  readonly own?: Stored;
  /** Position of the last message that was seen; 0 for none. */
  readonly end: number;
  /** Position of the last record among them; 0 for none. */
  readonly last: number;
}
