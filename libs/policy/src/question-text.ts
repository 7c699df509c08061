import { PolicyFaultError } from './errors.js';
import type { PolicyInput } from './policy-input.js';

/** The largest input document that is evaluated. Characters of its JSON. */
const MAX_INPUT_LENGTH = 256 * 1024;

/** The deepest input document that is evaluated; an engine's parser recurses. */
const MAX_INPUT_DEPTH = 64;

/**
 * The input document as the engines read it.
 * @throws {PolicyFaultError} it is too deep or too large, or would become another one on the way: a number that is none
 * turns into null, half a character into another.
 */
export function questionText(input: PolicyInput, revision: string): string {
  const problem = problemOf(MAX_INPUT_DEPTH, input);
  if (problem !== undefined) throw new PolicyFaultError(revision, problem);
  const text = JSON.stringify(input);
  if (text.length > MAX_INPUT_LENGTH) {
    throw new PolicyFaultError(revision, `the question has more than ${MAX_INPUT_LENGTH} characters`);
  }
  return text;
}

/** Ends at the limit, so that no depth of input can exhaust the stack. */
function problemOf(depth: number, value: unknown): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : 'the question holds half a character';
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'the question holds a number that is none';
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === 0) return `the question is nested deeper than ${MAX_INPUT_DEPTH} levels`;
  for (const name of Object.keys(value)) {
    if (!name.isWellFormed()) return 'the question holds half a character';
    const problem = problemOf(depth - 1, (value as Record<string, unknown>)[name]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
