import { type Detector, markOf, type Span } from './detector.js';
import { secretDetectors, spansIn } from './detectors.js';

/** Taking out may bring two ends together that look like something: few rounds settle it. */
const MAX_ROUNDS = 4;

/**
 * A line for a log without its secrets: in place of each stands `[redacted:<kind>]`. Personal data stays: an operator may
 * have to see whom a fault is about. What holds no secret comes back as it is.
 */
export const redactText = (text: string): string => takeOut(text, secretDetectors);

/**
 * The text without what the detectors find, until they find nothing.
 * @param taken told of everything that was taken out.
 */
export function takeOut(
  text: string,
  detectors: readonly Detector[],
  taken: (span: Span, value: string) => void = () => {},
): string {
  let rest = text;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const spans = spansIn(rest, detectors);
    if (spans.length === 0) return rest;
    let next = '';
    let from = 0;
    for (const span of spans) {
      taken(span, rest.slice(span.start, span.end));
      next += rest.slice(from, span.start) + markOf(span.kind);
      from = span.end;
    }
    rest = next + rest.slice(from);
  }
  const left = spansIn(rest, detectors)[0];
  if (left === undefined) return rest;
  // Made to defeat this: nothing of it is kept.
  taken({ start: 0, end: rest.length, kind: left.kind }, rest);
  return markOf(left.kind);
}
