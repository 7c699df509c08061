import type { z } from 'zod';
import { InvalidEnvelopeError } from './errors.js';

/** How deep a payload may nest. What parses and writes JSON recurses, so a deeper one would end its reader. */
export const MAX_PAYLOAD_DEPTH = 100;

export const tooDeep = `payload: nests deeper than ${MAX_PAYLOAD_DEPTH} levels`;

/** True where lists and objects lie in each other more than `MAX_PAYLOAD_DEPTH` deep. */
export function nestsTooDeep(value: unknown, levels = MAX_PAYLOAD_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const inner of Object.values(value)) if (nestsTooDeep(inner, levels - 1)) return true;
  return false;
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
  error.issues.map((issue) => `${issue.path.join('.') || 'message'}: ${issue.message}`);
