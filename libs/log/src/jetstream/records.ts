import {
  decodeEnvelope,
  hasCode,
  InvalidEnvelopeError,
  type PayloadRef,
  parsePayload,
  type Recorded,
  SERVICES,
} from '@voorman/envelope';
import { LRUCache } from 'lru-cache';
import type { Payloads } from '../payloads.js';
import type { Stored } from './pages.js';
import type { LogReport } from './report.js';

/** The largest payload that a record may have, wherever it lies. Larger content is an attachment. Bytes. */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

/** Content kept for the next reader of the same record. Bytes. */
const KEPT_BYTES = 8 * 1024 * 1024;

const CONDITION_FILTER = 'Nats-Expected-Last-Subject-Sequence-Subject';
const CONDITION_AFTER = 'Nats-Expected-Last-Subject-Sequence';

/** Why a stored message is no record; nothing will ever change that. */
export const isUnreadable = (fault: unknown): boolean =>
  hasCode(fault, 'envelope/invalid') ||
  hasCode(fault, 'envelope/subject-mismatch') ||
  hasCode(fault, 'envelope/invalid-token') ||
  hasCode(fault, 'log/payload-corrupt');

/**
 * A bot's record whose payload is nowhere counts as unreadable: a reference to nothing, written into another's task,
 * would else stop that task for ever. What a service lost must not be passed over.
 */
const isByBot = (subject: string): boolean => !SERVICES.includes(subject.split('.').at(-1) ?? '');

/**
 * Makes records out of stored messages, payloads included.
 *
 * A stored message that is no record (junk, a literal `*` in its subject, a payload that does not fit its type) is
 * reported and then treated by everything here as if it were not there: left out of reads, passed over by `last` and by
 * conditions. Only validated writers write to the log, so it can only be the work of a broken or hostile one, and whoever
 * could stop a boundary with one bad message could stop every session. A message that cannot be read *now* is another
 * thing: a payload that is not there, or a store that does not answer, fails the read.
 */
export class Records {
  readonly #payloads = new LRUCache<string, { payload: unknown }>({ max: 1_000, maxSize: KEPT_BYTES });

  constructor(
    private readonly payloads: Payloads,
    private readonly report: LogReport,
  ) {}

  /**
   * @throws {InvalidEnvelopeError} @throws {SubjectMismatchError} @throws {InvalidTokenError}
   * @throws {PayloadMissingError} @throws {PayloadCorruptError}
   */
  read(stored: Stored): Recorded | Promise<Recorded> {
    const decoded = decodeEnvelope(stored.subject, stored.data);
    const filter = stored.header(CONDITION_FILTER);
    const said = {
      position: stored.position,
      recordedAtMs: stored.atMs,
      ...(filter === undefined ? {} : { condition: { filter, after: Number(stored.header(CONDITION_AFTER)) } }),
    };
    if (decoded.ref === undefined) return { ...decoded, ...said } as Recorded;
    const { ref, ...envelope } = decoded;
    return this.#payload(ref).then((given) => {
      const payload = parsePayload(envelope.type, given);
      return { ...envelope, ...said, payloadRef: ref, payload } as Recorded;
    });
  }

  /**
   * The record, or nothing where the message is none. At once for what lies in the record itself: a long story is read
   * without a turn of the event loop for each of its records.
   * @throws {PayloadMissingError} @throws {LogUnavailableError}
   */
  readable(stored: Stored): Recorded | undefined | Promise<Recorded | undefined> {
    try {
      const record = this.read(stored);
      return record instanceof Promise ? record.catch((fault) => this.#unreadable(stored, fault)) : record;
    } catch (fault) {
      return this.#unreadable(stored, fault);
    }
  }

  #unreadable({ position, subject }: Stored, fault: unknown): undefined {
    if (!isUnreadable(fault) && !(hasCode(fault, 'log/payload-missing') && isByBot(subject))) throw fault;
    this.report({ kind: 'unreadable', position, subject, reason: (fault as Error).message });
    return undefined;
  }

  async #payload(ref: PayloadRef): Promise<unknown> {
    const key = `${ref.ref} ${ref.digest}`;
    const known = this.#payloads.get(key);
    if (known !== undefined) return known.payload;
    if (ref.bytes > MAX_PAYLOAD_BYTES) throw new InvalidEnvelopeError([`payload: has ${ref.bytes} bytes`]);
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.payloads.open(ref)) chunks.push(chunk);
    const payload = parseJson(Buffer.concat(chunks));
    this.#payloads.set(key, { payload }, { size: Math.max(1, ref.bytes) });
    return payload;
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch (cause) {
    throw new InvalidEnvelopeError(['payload: is not JSON'], { cause });
  }
}
