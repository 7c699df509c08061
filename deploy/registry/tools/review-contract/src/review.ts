import type { Contract, Topic } from './contract/contract.ts';
import { topicsAsked } from './contract/topic.ts';
import type { Finding, Rule, Severity } from './finding.ts';
import { feltAbsence, missingTopics } from './rules/absence.ts';
import { consistency } from './rules/consistency.ts';
import { forum } from './rules/forum.ts';
import { indemnity } from './rules/indemnity.ts';
import { liability } from './rules/liability.ts';
import { payment } from './rules/payment.ts';
import { renewal } from './rules/renewal.ts';
import { restriction } from './rules/restriction.ts';
import { rights } from './rules/rights.ts';
import { termination } from './rules/termination.ts';
import { transfer } from './rules/transfer.ts';
import { undefinedTerm } from './rules/undefined-term.ts';
import { wording } from './rules/wording.ts';

/** Every rule; of equal findings the order here decides. */
const rules: readonly Rule[] = [
  liability,
  indemnity,
  termination,
  renewal,
  payment,
  rights,
  restriction,
  transfer,
  wording,
  consistency,
  undefinedTerm,
  forum,
];

/** What a contract says, and what is to be said about it. */
export interface Review {
  readonly contracts: readonly Contract[];
  readonly findings: readonly Finding[];
  readonly missing: readonly Topic[];
}

/**
 * Reviews contracts with every rule. Findings about what the question asks come first, then those that burden the party
 * whose side the question takes, then by severity, then in the order of the text.
 * @param question the user's question; may be empty
 */
export function review(contracts: readonly Contract[], question: string): Review {
  const missing = missingTopics(contracts);
  const found = contracts.flatMap((contract) => [
    ...rules.flatMap((rule) => rule(contract)),
    ...feltAbsence(contract, missing),
  ]);
  const findings = withoutRepetition(found);
  const asked = new Set(topicsAsked(question));
  const side = sideOf(contracts, question);
  const rank = (each: Finding): number =>
    (asked.has(each.topic) ? 100 : 0) +
    (side === undefined ? 0 : each.burdens === side ? 10 : each.burdens === undefined ? 5 : 0) +
    weight[each.severity];
  return { contracts, missing, findings: findings.toSorted((a, b) => rank(b) - rank(a)) };
}

const weight: Readonly<Record<Severity, number>> = { high: 3, medium: 2, low: 1 };

/** The party that the question names, if it is one alone: `… risky for the customer?` */
function sideOf(contracts: readonly Contract[], question: string): string | undefined {
  const text = question.toLowerCase();
  const named = contracts
    .flatMap(({ parties }) => parties)
    .filter(
      ({ role, name }) => text.includes(role.toLowerCase()) || (name !== '' && text.includes(name.toLowerCase())),
    );
  const roles = new Set(named.map(({ role }) => role));
  return roles.size === 1 ? [...roles][0] : undefined;
}

/** The same sentence about the same lines is said once. */
function withoutRepetition(findings: readonly Finding[]): Finding[] {
  const said = new Set<string>();
  return findings.filter(({ source, topic, lines, message }) => {
    const key = `${source} ${topic} ${lines[0]?.at} ${message}`;
    if (said.has(key)) return false;
    said.add(key);
    return true;
  });
}
