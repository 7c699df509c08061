import { z } from 'zod';
import { InvalidTokenError } from './errors.js';

const pattern = /^[A-Za-z0-9_-]{1,64}$/;

/** One part of a subject: 1 to 64 characters out of `[A-Za-z0-9_-]`, so that it can hold no dot, wildcard or space. */
export const Token = z
  .string()
  .regex(pattern, 'must be 1 to 64 characters out of A-Z, a-z, 0-9, _ and -')
  .describe('1 to 64 characters out of A-Z, a-z, 0-9, _ and -');
export type Token = z.infer<typeof Token>;

/** Whether a text may stand as one part of a subject. */
export const isToken = (value: string): boolean => pattern.test(value);

/**
 * Returns `value` unchanged when it is a token.
 * @throws {InvalidTokenError} otherwise; `field` names it in the sentence.
 */
export function requireToken(field: string, value: string): Token {
  if (!isToken(value)) throw new InvalidTokenError(field, value);
  return value;
}
