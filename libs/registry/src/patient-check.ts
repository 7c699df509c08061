import { TimeLimitReached, withinTime } from '@voorman/time-limit';
import type { JsonSchema } from './json-schema.js';
import { ATTACHMENT_REF } from './short-form.js';
import type { ValueSize } from './value-size.js';

/** How long one value is checked. Whoever checks does nothing else meanwhile. Milliseconds. */
const CHECK_MS = 1_000;

/** A value above either is watched, whatever its schema: formats and lists of faults may take their square. */
const LARGE: ValueSize = { values: 10_000, characters: 64 * 1_024 };

/** Keywords that may take any time over a few characters: patterns that go back, comparisons of all with all, recursion. */
const ENDLESS = /"(?:pattern|patternProperties|uniqueItems|\$(?:dynamic)?[rR]ef)":(?<value>"[^"]*")?/g;

/**
 * Whether a schema may take any time over a small value. A field of such a name only makes the check cost 0.1 ms more. The
 * schema of attachments lies in each schema of a tool and is our own: its pattern goes through a text once.
 */
export function mayBeEndless({ $defs, ...schema }: JsonSchema): boolean {
  const { Attachment: _own, ...theirs } = ($defs ?? {}) as JsonSchema;
  const written = JSON.stringify({ ...schema, $defs: theirs });
  return [...written.matchAll(ENDLESS)].some(({ groups }) => groups?.value !== JSON.stringify(ATTACHMENT_REF));
}

export const isLarge = ({ values, characters }: ValueSize): boolean =>
  values > LARGE.values || characters > LARGE.characters;

/** What a check came to, or why it came to nothing: its time was up, or its schema leads back to itself without end. */
export type Checking<Result> = { readonly result: Result } | { readonly gaveUp: 'time' | 'depth' };

/** Runs a check. @param isWatched its time is kept, which costs about 0.1 ms. @throws what it throws. */
export function checking<Result>(isWatched: boolean, check: () => Result): Checking<Result> {
  try {
    return { result: isWatched ? withinTime(CHECK_MS, check) : check() };
  } catch (fault) {
    if (fault instanceof TimeLimitReached) return { gaveUp: 'time' };
    // The stack that is used up may be told by another realm's error.
    if ((fault as { name?: unknown }).name === 'RangeError') return { gaveUp: 'depth' };
    throw fault;
  }
}
