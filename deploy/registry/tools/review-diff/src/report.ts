import type { Proof, Severity } from './finding.ts';
import type { RankedFinding, Review } from './review.ts';

/** A line of an attached diff, word for word: line `line` of `source` is `text`. */
export interface Evidence {
  readonly source: string;
  readonly line: number;
  readonly text: string;
}

/** What review_diff prints. `line` of a finding is a line of the changed file, `line` of evidence one of the diff. */
export interface Report {
  readonly summary: string;
  readonly files_changed: readonly { path: string; added: number; removed: number; kind: string }[];
  readonly findings: readonly {
    severity: Severity;
    rule: string;
    path: string;
    line: number;
    message: string;
    evidence: readonly Evidence[];
  }[];
  readonly evidence: readonly Evidence[];
}

const maxBytes = 47 * 1024;
const maxFiles = 150;
const maxTextLength = 400;
const maxProofs = 6;
const evidenceOfBest = 3;
const headlines = 2;

/** Puts a review into words, within 47 KiB: the weakest findings are left out first, and the summary says how many. */
export function report({ changes, findings }: Review, leftAside: readonly string[]): Report {
  for (let shown = findings.length; ; shown = Math.floor(shown * 0.8)) {
    const best = findings.slice(0, shown);
    const written = best.map(write);
    const result: Report = {
      summary: summarise({ changes, findings }, findings.length - shown, leftAside),
      files_changed: changes
        .slice(0, maxFiles)
        .map(({ path, added, removed, kind }) => ({ path, added, removed, kind })),
      findings: written,
      evidence: written.slice(0, evidenceOfBest).flatMap((each) => each.evidence),
    };
    if (shown === 0 || Buffer.byteLength(JSON.stringify(result)) <= maxBytes) return result;
  }
}

const write = (found: RankedFinding): Report['findings'][number] => ({
  severity: found.severity,
  rule: found.rule,
  path: found.file.path,
  line: found.fileLine,
  message: withRelation(found),
  evidence: found.proof.slice(0, maxProofs).flatMap((proof) => evidenceFrom(found.file.change.source, proof)),
});

/** A line of a minified file proves nothing to a reader, and cut short it would not be the line any more. */
const evidenceFrom = (source: string, { at, raw }: Proof): Evidence[] =>
  raw.length > maxTextLength ? [] : [{ source, line: at, text: raw }];

function withRelation({ message, relation, rule }: RankedFinding): string {
  if (relation.strength < 1 || rule === 'touches-incident') return message;
  const words = relation.shared
    .slice(0, 5)
    .map((word) => `“${word}”`)
    .join(', ');
  return `${message} It shares ${words} with the incident.`;
}

/** The gravest findings first, as they answer the question; then the figures, and what was left out. */
function summarise({ changes, findings }: Review, omitted: number, leftAside: readonly string[]): string {
  const count = (severity: Severity): number => findings.filter((each) => each.severity === severity).length;
  const added = changes.reduce((sum, change) => sum + change.added, 0);
  const removed = changes.reduce((sum, change) => sum + change.removed, 0);
  const told = findings.filter(({ severity }, i) => i === 0 || severity !== 'low').slice(0, headlines);
  const sentences = told.map(({ file, fileLine, message }) => `${file.path}:${fileLine}: ${message}`);
  const size = `${plural(changes.length, 'file')} changed (+${added} −${removed})`;
  if (told.length === 0) sentences.push(`${size}. The review found nothing to object to.`);
  else {
    const totals = `${count('high')} high, ${count('medium')} medium, ${count('low')} low`;
    sentences.push(`${size}, ${plural(findings.length, 'finding')}: ${totals}.`);
  }
  if (changes.length > maxFiles) sentences.push(`Only the first ${maxFiles} files are listed.`);
  if (omitted > 0) sentences.push(`${plural(omitted, 'weaker finding')} left out for length.`);
  if (leftAside.length > 0) sentences.push(`No diffs, so left aside: ${leftAside.slice(0, 10).join(', ')}.`);
  return sentences.join(' ');
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
