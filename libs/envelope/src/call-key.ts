import { createHash } from 'node:crypto';
import type { JsonObject } from './records/parts.js';

/** What a call is. Where it stands in a list is not part of it. */
export interface CallIdentity {
  readonly tool: string;
  readonly arguments: JsonObject;
  /** Tenant, session and id: task ids alone repeat from session to session. */
  readonly task: string;
  readonly step: string;
}

/** The idempotency key of a call: the same call has the same key after every crash. 32 hexadecimal characters. */
export const callKey = (call: CallIdentity): string =>
  createHash('sha256')
    .update(JSON.stringify([call.tool, canonical(call.arguments), call.task, call.step]))
    .digest('hex')
    .slice(0, 32);

/**
 * The same JSON with sorted keys, so that two spellings of one value are equal. Written as JSON it is not quite the text of
 * RFC 8785, which is what gets signed: numbers as keys come first, and half a character may stand in it. It stays so, as the
 * keys of calls and the digests of approvals on record are made of it.
 */
export function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}
