/** Something found in a text: UTF-16 offsets, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
  /** What the digest is of, where two spellings mean one value (a card number with and without spaces). */
  readonly meant?: string;
}

/**
 * Finds one kind of thing in a text. Its time grows with the text's length and no faster, whatever stands in it: what it
 * reads comes from outside.
 */
export type Detector = (text: string, found: (span: Span) => void) => void;

/** What stands where something was taken out. */
export const markOf = (kind: string): string => `[redacted:${kind}]`;

const MARK = /\[redacted:[a-z0-9-]{1,64}\]/y;

/** The length of the mark that stands at this place; 0 where there is none. */
export function markLengthAt(text: string, at: number): number {
  MARK.lastIndex = at;
  return MARK.test(text) ? MARK.lastIndex - at : 0;
}
