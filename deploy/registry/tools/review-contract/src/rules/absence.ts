import { type Contract, sentencesOf, type Topic } from '../contract/contract.ts';
import { topicsIn } from '../contract/topic.ts';
import type { Finding } from '../finding.ts';

/** What contracts for services, supply or work usually settle, and why one misses it. */
const usual: readonly (readonly [Topic, string])[] = [
  ['liability', 'without a cap everybody answers without limit, as the law has it'],
  ['termination', 'nothing says how to get out of it'],
  ['payment', 'nothing says when to pay'],
  ['confidentiality', 'nobody has to keep secrets'],
  ['data protection', 'nothing says how personal data is handled'],
  ['intellectual property', 'nothing says who owns the results'],
  ['governing law', 'it is open whose law and which court decide'],
  ['force majeure', 'nothing says what happens when neither side can help it'],
  ['warranty', 'no quality is promised'],
  ['assignment', 'nothing says whether the contract may be handed on'],
];

/** The usual topics that no clause and no sentence of any of the contracts speaks about. */
export function missingTopics(contracts: readonly Contract[]): Topic[] {
  const present = new Set<Topic>(
    contracts.flatMap((contract) => [
      ...contract.clauses.map((clause) => clause.topic),
      ...sentencesOf(contract).flatMap(({ text }) => topicsIn(text)),
    ]),
  );
  return usual.map(([topic]) => topic).filter((topic) => !present.has(topic));
}

/** A missing topic that is felt: personal or customer data is handled, and nothing says how. */
export function feltAbsence(contract: Contract, missing: readonly Topic[]): Finding[] {
  const reason = new Map(usual);
  const [sentence] = sentencesOf(contract).filter(({ text }) =>
    /\b(customer|client|user|buyer|employee|patient)s?['’]? (data|information|records)\b/i.test(text),
  );
  const line = sentence?.paragraph.lines[0];
  if (!missing.includes('data protection') || !line) return [];
  const message = `The contract lets one side handle data of the other, but has no clause on data protection: ${reason.get('data protection') ?? ''}.`;
  return [{ severity: 'medium', topic: 'data protection', source: contract.source, lines: [line], message }];
}
