import type { Detector, Span } from './detector.js';
import { findApiKeys } from './detectors/api-keys.js';
import { findAssignments } from './detectors/assignments.js';
import {
  CARD,
  EMAIL,
  findCards,
  findEmails,
  findIbans,
  findPhones,
  findSsns,
  IBAN,
  PHONE,
  SSN,
} from './detectors/personal-data.js';
import { findPrivateKeys } from './detectors/private-keys.js';
import { findAddressPasswords, findBearerTokens, findJwts } from './detectors/tokens.js';

/** Secrets are always taken out. In the order in which a place that several of them claim is named: the most telling first. */
export const secretDetectors: readonly Detector[] = [
  findPrivateKeys,
  findApiKeys,
  findJwts,
  findAddressPasswords,
  findBearerTokens,
  findAssignments,
];

const personalDetectors: Readonly<Record<string, Detector>> = {
  [EMAIL]: findEmails,
  [PHONE]: findPhones,
  [CARD]: findCards,
  [IBAN]: findIbans,
  [SSN]: findSsns,
};

/** Kinds of personal data: a manifest may keep each of them by name. */
const PERSONAL_KINDS: readonly string[] = Object.keys(personalDetectors);

/** Every detector but those of personal data that may stay. */
export const detectorsBut = (keep: readonly string[]): readonly Detector[] => [
  ...secretDetectors,
  ...PERSONAL_KINDS.flatMap((kind) => (keep.includes(kind) ? [] : (personalDetectors[kind] ?? []))),
];

/**
 * What the detectors find, from left to right and without overlaps: places that overlap become one, under the name that
 * the first detector gave.
 */
export function spansIn(given: string, detectors: readonly Detector[]): readonly Span[] {
  if (given.length < SHORTEST) return [];
  const text = withoutColours(given);
  const all: { span: Span; rank: number }[] = [];
  detectors.forEach((detect, rank) => {
    detect(text, (span) => all.push({ span, rank }));
  });
  if (all.length < 2) return all.map(({ span }) => span);
  all.sort((one, other) => one.span.start - other.span.start);
  const merged: { span: Span; rank: number }[] = [];
  for (const next of all) {
    const last = merged.at(-1);
    if (last === undefined || next.span.start >= last.span.end) merged.push(next);
    else merged[merged.length - 1] = joined(last, next);
  }
  return merged.map(({ span }) => span);
}

/**
 * The codes by which a terminal changes its colours, also as JSON writes them: they end in a letter, which would look like
 * the beginning of whatever stands behind it.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what terminals are told by.
const COLOUR = /(?:\u001b|\\{1,8}(?:u001b|x1b|033))\[[0-9;]{0,24}[A-Za-z]/gi;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same, found fast where it is not.
const COLOUR_SIGN = /\u001b\[|(?:u001b|x1b|033)\[/i;

/** With spaces in the place of every colour: what is found stands where it stood. */
const withoutColours = (text: string): string =>
  COLOUR_SIGN.test(text) ? text.replace(COLOUR, (code) => ' '.repeat(code.length)) : text;

/** The shortest text in which anything is found: `pwd=x`. */
const SHORTEST = 5;

function joined(one: { span: Span; rank: number }, other: { span: Span; rank: number }): { span: Span; rank: number } {
  const { span, rank } = other.rank < one.rank ? other : one;
  const [start, end] = [one.span.start, Math.max(one.span.end, other.span.end)];
  const isWhole = span.start === start && span.end === end;
  return { span: isWhole ? span : { start, end, kind: span.kind }, rank };
}
