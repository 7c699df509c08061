import { rules } from './catalogue.ts';
import type { DiffLine, FileChange } from './diff/diff.ts';
import { findRealChanges } from './diff/move.ts';
import { type Finding, headerOf, type Severity } from './finding.ts';
import { findTouching, incidentOf, type Relation, relate } from './relation.ts';
import { prepare } from './reviewed-file.ts';
import { holdsSecret } from './rules/secret.ts';

/** A finding with what it has to do with the incident. */
export interface RankedFinding extends Finding {
  readonly relation: Relation;
}

/** A review: what each file's change is, and the findings, the most telling first. */
export interface Review {
  readonly changes: readonly FileChange[];
  readonly findings: readonly RankedFinding[];
}

/**
 * Reviews changes with every rule. Findings are ranked: those that share words with the incident first, then by severity,
 * then by how much they share; equal ones stay in the order of the diff.
 * @param suspects what the incident's logs say: message templates, error texts, identifiers; may be empty
 * @param question the user's question; may be empty
 */
export function review(changes: readonly FileChange[], suspects: readonly string[], question: string): Review {
  const isRealChange = findRealChanges(changes);
  const files = changes.map((change) => prepare(change, isRealChange));
  const found = withoutRepetition(rules.flatMap((rule) => files.flatMap((file) => rule.check(file))));
  const incident = incidentOf(suspects, question);
  const spokenOf = new Set<DiffLine>(found.flatMap((each) => each.about));
  const all = [...found, ...findTouching(files, spokenOf, incident)];
  const ranked = all.map((each) => ({ ...each, relation: relate(each, incident) })).sort(byWeight);
  return { changes, findings: withoutSecrets(withoutMonotony(ranked)) };
}

const weight: Readonly<Record<Severity, number>> = { high: 3, medium: 2, low: 1 };

/** A finding counts as related from one shared word on; a mere mention of the file's name is too little. */
const isRelated = ({ relation }: RankedFinding): boolean => relation.strength >= 1;

const byWeight = (a: RankedFinding, b: RankedFinding): number =>
  Number(isRelated(b)) - Number(isRelated(a)) ||
  weight[b.severity] - weight[a.severity] ||
  b.relation.strength - a.relation.strength;

/** Of findings about the same line of a diff, the first rule's is kept. */
function withoutRepetition(findings: readonly Finding[]): Finding[] {
  const spokenOf = new Set<DiffLine>();
  return findings.filter((each) => {
    const changed = each.about.filter((line) => line.sign !== ' ');
    if (changed.some((line) => spokenOf.has(line))) return false;
    for (const line of changed) spokenOf.add(line);
    return true;
  });
}

const maxAlike = 5;

/** Of many findings of one rule in one file the first five are told, and the fifth says how many more there are. */
function withoutMonotony(findings: readonly RankedFinding[]): RankedFinding[] {
  const alike = new Map<string, number>();
  const count = (each: RankedFinding): number => {
    const key = `${each.rule} ${each.file.path}`;
    alike.set(key, (alike.get(key) ?? 0) + 1);
    return alike.get(key) ?? 0;
  };
  const told = findings.filter((each) => count(each) <= maxAlike);
  const seen = new Map<string, number>();
  return told.map((each) => {
    const key = `${each.rule} ${each.file.path}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    const more = seen.get(key) === maxAlike ? (alike.get(key) ?? 0) - maxAlike : 0;
    return more > 0 ? { ...each, message: `${each.message} (The same kind ${more} times more in this file.)` } : each;
  });
}

/** No finding may show a line with a secret, added or removed: the header of its hunk stands for it. */
function withoutSecrets(findings: readonly RankedFinding[]): RankedFinding[] {
  return findings.map((each) => {
    const proof = each.proof.map((line) => {
      if (!holdsSecret(line.raw.slice(1), each.file)) return line;
      const around = each.file.hunks.findLast(({ hunk }) => hunk.at <= line.at);
      return around ? headerOf(around.hunk) : line;
    });
    return { ...each, proof };
  });
}
