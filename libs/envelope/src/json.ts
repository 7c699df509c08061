import type { z } from 'zod';
import { InvalidEnvelopeError } from './errors.js';

/** How deep a payload may nest. What parses and writes JSON recurses, so a deeper one would end its reader. */
export const MAX_PAYLOAD_DEPTH = 100;

const tooDeep = `payload: nests deeper than ${MAX_PAYLOAD_DEPTH} levels`;

/** The one name that no payload keeps: whoever copies a field of this name the careless way changes a prototype. */
const PROTOTYPE = '__proto__';

/**
 * The same JSON without fields called `__proto__`; the very same value where there are none.
 * @throws {InvalidEnvelopeError} lists and objects lie in each other more than `MAX_PAYLOAD_DEPTH` deep.
 */
export const withoutPrototypes = (value: unknown): unknown =>
  namesPrototype(value, MAX_PAYLOAD_DEPTH) ? copied(value) : value;

function namesPrototype(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) throw new InvalidEnvelopeError([tooDeep]);
  let found = false;
  if (Array.isArray(value)) {
    for (const inner of value) found = namesPrototype(inner, levels - 1) || found;
    return found;
  }
  for (const name of Object.keys(value)) {
    found = name === PROTOTYPE || found;
    found = namesPrototype((value as Record<string, unknown>)[name], levels - 1) || found;
  }
  return found;
}

function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copied);
  const kept = Object.entries(value).filter(([name]) => name !== PROTOTYPE);
  return Object.fromEntries(kept.map(([name, inner]) => [name, copied(inner)]));
}

/** What JSON can say. Stated by hand, as the schema library's own look at it costs more than all other checks together. */
export function isJson(value: unknown): value is Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      if (value === null) return true;
      if (Array.isArray(value)) return value.every(isJson);
      return isPlain(value) && Object.values(value).every(isJson);
    default:
      return false;
  }
}

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The value in the bytes of a message. @throws {InvalidEnvelopeError} where they are no JSON, or no UTF-8. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new InvalidEnvelopeError(['message: is not JSON in UTF-8'], { cause });
  }
}

/** Each field that does not fit, with the reason. */
export const problemsOf = (error: z.ZodError): string[] =>
  error.issues.map((issue) => `${issue.path.join('.') || 'message'}: ${reasonOf(issue)}`);

/** JSON has no `undefined`: whoever reads this left a field out. */
const reasonOf = ({ message }: { readonly message: string }): string =>
  message.endsWith('received undefined') ? 'is missing' : message;
