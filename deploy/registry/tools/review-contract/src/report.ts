import type { Line, Party } from './contract/contract.ts';
import { figuresIn } from './contract/figure.ts';
import type { Severity } from './finding.ts';
import type { Review } from './review.ts';

/** A line of an attached contract, word for word: line `line` of `source` is `text`. */
export interface Evidence {
  readonly source: string;
  readonly line: number;
  readonly text: string;
}

/** What review_contract prints. Every `line` is a line of the attached file. */
export interface Report {
  readonly summary: string;
  readonly parties: readonly { role: string; name: string; line: number }[];
  readonly clauses: readonly {
    number: string;
    title: string;
    line: number;
    topic: string;
    figures: readonly string[];
  }[];
  readonly findings: readonly {
    severity: Severity;
    topic: string;
    line: number;
    message: string;
    burdens?: string;
    evidence: readonly Evidence[];
  }[];
  readonly missing: readonly string[];
  readonly evidence: readonly Evidence[];
}

const maxBytes = 47 * 1024;
const maxTextLength = 1000;
const maxLines = 6;
const maxFigures = 12;
const evidenceOfBest = 5;
const headlines = 4;

/** Puts a review into words, within 47 KiB: the least of the findings and clauses are left out, and the summary says so. */
export function report(review: Review, leftAside: readonly string[]): Report {
  const clauses = review.contracts.flatMap((contract) => contract.clauses);
  for (let share = 1; ; share *= 0.8) {
    const shown = Math.floor(review.findings.length * share);
    const shownClauses = Math.floor(clauses.length * share);
    const findings = review.findings.slice(0, shown).map(({ severity, topic, message, source, lines, burdens }) => ({
      severity,
      topic,
      line: lines[0]?.at ?? 1,
      message: capitalised(message),
      ...(burdens === undefined ? {} : { burdens }),
      evidence: lines.slice(0, maxLines).flatMap((line) => evidenceFrom(source, line)),
    }));
    const result: Report = {
      summary: summarise(review, review.findings.length - shown, clauses.length - shownClauses, leftAside),
      parties: partiesOf(review).map(({ role, name, line }) => ({ role, name, line: line.at })),
      clauses: clauses.slice(0, shownClauses).map(({ number, title, line, topic, paragraphs }) => ({
        number,
        title,
        line: line.at,
        topic,
        figures: [...new Set(paragraphs.flatMap(({ text }) => figuresIn(text).map((figure) => figure.text)))].slice(
          0,
          maxFigures,
        ),
      })),
      findings,
      missing: review.missing,
      evidence: findings.slice(0, evidenceOfBest).flatMap((each) => each.evidence),
    };
    if (shown + shownClauses === 0 || Buffer.byteLength(JSON.stringify(result)) <= maxBytes) return result;
  }
}

/** A whole contract on one line proves nothing to a reader, and cut short it would not be the line any more. */
const evidenceFrom = (source: string, { at, text }: Line): Evidence[] =>
  text.length > maxTextLength ? [] : [{ source, line: at, text }];

/** Several contracts between the same parties name them once. */
const partiesOf = ({ contracts }: Review): Party[] => {
  const all = contracts.flatMap((contract) => contract.parties);
  return all.filter((party, i) => all.findIndex(({ role, name }) => role === party.role && name === party.name) === i);
};

/** The gravest findings first, as they answer the question; then the figures, and what is missing. */
function summarise(review: Review, omitted: number, omittedClauses: number, leftAside: readonly string[]): string {
  const { findings, missing, contracts } = review;
  const clauses = contracts.reduce((sum, contract) => sum + contract.clauses.length, 0);
  const count = (severity: Severity): number => findings.filter((each) => each.severity === severity).length;
  const parties = partiesOf(review).map(({ role, name }) => (name === '' ? `the ${role}` : `${name} (${role})`));
  const between = parties.length > 1 ? ` between ${parties.join(' and ')}` : '';
  const told = findings.filter(({ severity }, i) => i === 0 || severity === 'high').slice(0, headlines);
  const sentences = told.map(({ message }) => capitalised(message));
  const size = `${plural(clauses, 'clause')}${between}`;
  if (told.length === 0) sentences.push(`${size}. The review found nothing to warn of.`);
  else {
    const totals = `${count('high')} high, ${count('medium')} medium, ${count('low')} low`;
    sentences.push(`${size}, ${plural(findings.length, 'finding')}: ${totals}.`);
  }
  if (missing.length > 0) sentences.push(`No clause on ${missing.join(', ')}.`);
  if (contracts.every((contract) => contract.clauses.every(({ topic }) => topic === 'other'))) {
    sentences.push('No clause is of a kind that is known here: only contracts in English are understood.');
  }
  if (omitted + omittedClauses > 0)
    sentences.push(`${plural(omitted, 'finding')} and ${plural(omittedClauses, 'clause')} left out for length.`);
  if (leftAside.length > 0) sentences.push(`No contracts, so left aside: ${leftAside.slice(0, 10).join(', ')}.`);
  return sentences.join(' ');
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const capitalised = (sentence: string): string => `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
