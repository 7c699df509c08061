import { z } from 'zod';
import { EnvelopeTooLargeError, InvalidEnvelopeError, SubjectMismatchError } from './errors.js';
import { parseJson, problemsOf, withoutPrototypes } from './json.js';
import { MAX_INLINE_BYTES, PayloadRef } from './payload-ref.js';
import { isRecordType, type PayloadOf, type RecordType } from './records/catalogue.js';
import { payloadParser } from './records/parsers.js';
import { decodeSubject, encodeSubject } from './subject.js';
import { Token } from './token.js';
import { mayWrite } from './writers.js';

/** The largest record, headers left out. Bytes. */
export const MAX_RECORD_BYTES = MAX_INLINE_BYTES + 16 * 1024;

/** The version of the envelope's own shape. */
export const ENVELOPE_SCHEMA = 1;

/** The longest life of a task: 30 days, in seconds. */
export const MAX_TTL_SECONDS = 30 * 24 * 3600;

/** What every record says about itself, whatever its type. Names are those of the wire. */
export const EnvelopeHead = z.object({
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{1,64}$/)
    .describe('<source>.<id>, so that nobody can use up another’s ids; also the Nats-Msg-Id'),
  type: z.string().refine(isRecordType, 'is not a known record type'),
  schema: z.literal(ENVELOPE_SCHEMA),
  tenant: Token,
  task_id: Token,
  source_agent: Token,
  target_agent: Token,
  correlation_id: Token.describe('the session'),
  ttl_seconds: z
    .int()
    .min(1)
    .max(MAX_TTL_SECONDS)
    .describe('life of the task, counted from when the log recorded its request'),
  time: z.iso.datetime().describe('when the writer wrote it; the log’s own time decides'),
  causation_id: z.string().max(130).optional().describe('id of the record that led to this one'),
});
export type EnvelopeHead = z.infer<typeof EnvelopeHead>;

/** A message of the log: the recorded fact, and what wakes whoever must react. */
export type Envelope<T extends RecordType = RecordType> = T extends RecordType
  ? Omit<EnvelopeHead, 'type'> & { type: T; payload: PayloadOf<T> }
  : never;

/** An envelope as the log returns it. */
export type Recorded<T extends RecordType = RecordType> = Envelope<T> & {
  /** The stream sequence. */
  readonly position: number;
  /** When the log recorded it: the server's clock, milliseconds since 1970. */
  readonly recordedAtMs: number;
  /** On what the decision was based: nothing in `filter` after `after`. Absent for facts from outside. */
  readonly condition?: { readonly filter: string; readonly after: number };
  /** Where the payload lies, if it was too large for the record. */
  readonly payloadRef?: PayloadRef;
};

/** An envelope whose payload may still lie in the object store. */
export type WireEnvelope = Omit<EnvelopeHead, 'type'> & { type: RecordType; payload: unknown };

const Head = z.compile(EnvelopeHead);
const WholeRef = PayloadRef.strict();

/**
 * Checks a payload against its record type.
 * @throws {InvalidEnvelopeError} naming each field that does not fit, or that the payload nests too deep.
 */
export function parsePayload<T extends RecordType>(type: T, payload: unknown): PayloadOf<T> {
  const parsed = payloadParser(type).safeParse(withoutPrototypes(payload));
  if (!parsed.success) throw new InvalidEnvelopeError(problemsOf(parsed.error).map((problem) => `payload.${problem}`));
  return parsed.data as PayloadOf<T>;
}

/** The subject under which an envelope is recorded. @throws {InvalidTokenError} */
export const subjectOf = (
  head: Pick<EnvelopeHead, 'target_agent' | 'tenant' | 'correlation_id' | 'task_id' | 'source_agent'>,
): string =>
  encodeSubject({
    target: head.target_agent,
    tenant: head.tenant,
    session: head.correlation_id,
    task: head.task_id,
    source: head.source_agent,
  });

/**
 * The bytes of an envelope. A payload above `MAX_INLINE_BYTES` must have been replaced by its `PayloadRef` before.
 * @throws {InvalidEnvelopeError} a field does not fit. @throws {EnvelopeTooLargeError}
 */
export function encodeEnvelope(envelope: WireEnvelope): Uint8Array {
  const head = Head.safeParse(envelope);
  if (!head.success) throw new InvalidEnvelopeError(problemsOf(head.error));
  requireOwnFact(head.data, envelope.type);
  const payload = refIn(envelope.payload) ?? parsePayload(envelope.type, envelope.payload);
  const bytes = Buffer.from(JSON.stringify({ ...head.data, payload }));
  if (bytes.length > MAX_RECORD_BYTES) throw new EnvelopeTooLargeError(bytes.length, MAX_RECORD_BYTES);
  return bytes;
}

/**
 * The envelope in a message of the log, checked against its subject. Its payload is checked unless it is a `PayloadRef`
 * (then the reader fetches it and calls `parsePayload`).
 * @throws {InvalidEnvelopeError} @throws {EnvelopeTooLargeError}
 * @throws {SubjectMismatchError} the address says something else than the envelope.
 */
export function decodeEnvelope(subject: string, bytes: Uint8Array): WireEnvelope & { readonly ref?: PayloadRef } {
  if (bytes.length > MAX_RECORD_BYTES) throw new EnvelopeTooLargeError(bytes.length, MAX_RECORD_BYTES);
  const parsed = parseJson(bytes);
  const head = Head.safeParse(parsed);
  if (!head.success) throw new InvalidEnvelopeError(problemsOf(head.error));
  requireOwnFact(head.data, head.data.type as RecordType);
  if (subject !== subjectOf(head.data)) {
    decodeSubject(subject); // says more exactly what is wrong with a subject that is none
    throw new SubjectMismatchError(subject);
  }
  const type = head.data.type as RecordType;
  const given = (parsed as { payload?: unknown }).payload;
  const ref = refIn(given);
  if (ref && !ref.ref.startsWith(`payloads_${head.data.source_agent}/`)) {
    throw new InvalidEnvelopeError(['payload: lies in another writer’s bucket']);
  }
  if (ref) return { ...head.data, type, payload: ref, ref };
  return { ...head.data, type, payload: parsePayload(type, given) };
}

/** Ids carry their writer's name, so that nobody can use up another's; and nobody states what is another's to say. */
function requireOwnFact(head: EnvelopeHead, type: RecordType): void {
  if (!head.id.startsWith(`${head.source_agent}.`)) {
    throw new InvalidEnvelopeError([`id: must begin with "${head.source_agent}."`]);
  }
  if (!mayWrite(head.source_agent, type)) {
    throw new InvalidEnvelopeError([`type: ${type} is not for ${head.source_agent} to write`]);
  }
}

/**
 * The reference that stands in a payload's place. Exactly a reference: with anything beside its four fields it is a
 * payload that a publisher wrote, and nobody is sent to fetch another in its stead.
 * The look at two fields spares the hot path a failing parse.
 */
function refIn(payload: unknown): PayloadRef | undefined {
  if (typeof payload !== 'object' || payload === null || !('ref' in payload) || !('digest' in payload))
    return undefined;
  const parsed = WholeRef.safeParse(payload);
  return parsed.success ? parsed.data : undefined;
}
