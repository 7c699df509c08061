import {
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  MAX_INLINE_BYTES,
  type PayloadRef,
  parsePayload,
  type Recorded,
} from '@voorman/envelope';
import type { Payloads } from '../payloads.js';
import type { StoredRecord } from './record-stream.js';

const encoder = new TextEncoder();

/**
 * Decoded once per stored record, since bytes do not change. Frozen, since every process of a simulation gets the same
 * object: whoever changes a record changes it in its own copy.
 */
const decoded = new WeakMap<StoredRecord, Recorded>();

/** Envelope to bytes and back, large payloads through the writer's bucket. */
export class RecordCodec {
  constructor(private readonly payloads: Payloads) {}

  async encode(envelope: Envelope): Promise<Uint8Array> {
    const payload = encoder.encode(JSON.stringify(envelope.payload));
    if (payload.length <= MAX_INLINE_BYTES) return encodeEnvelope(envelope);
    parsePayload(envelope.type, envelope.payload);
    const ref = await this.payloads.put(once(payload), 'application/json');
    return encodeEnvelope({ ...envelope, payload: ref });
  }

  async decode(record: StoredRecord): Promise<Recorded> {
    const known = decoded.get(record);
    if (known) return known;
    const { ref, ...envelope } = decodeEnvelope(record.subject, record.bytes);
    const { position, recordedAtMs, condition } = record;
    const whole = {
      ...envelope,
      ...(ref ? { payload: parsePayload(envelope.type, await this.#fetch(ref)), payloadRef: ref } : {}),
      position,
      recordedAtMs,
      ...(condition ? { condition } : {}),
    } as Recorded;
    // Content may get lost or damaged later; only what lies in the record itself is remembered.
    if (!ref) decoded.set(record, frozen(whole));
    return frozen(whole);
  }

  async #fetch(ref: PayloadRef): Promise<unknown> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.payloads.open(ref)) pieces.push(piece);
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
}
