import type { Contract } from '../contract/contract.ts';
import { readContract } from '../contract/reader.ts';
import type { Rule } from '../finding.ts';

const opening =
  'SERVICE CONTRACT\n\nThis contract is made between Quillstone Ltd (the "Supplier") and Harbour Lane B.V. (the "Customer").';

/** A contract between a Supplier and a Customer with the given clauses; `1. Title` and the text below it. */
export const contractOf = (...clauses: string[]): Contract =>
  readContract('contract.txt', `${opening}\n\n${clauses.join('\n\n')}\n`);

/** A contract of one clause with the given sentences, each in a paragraph of its own. */
export const contractSaying = (...sentences: string[]): Contract =>
  contractOf(['1. Terms', ...sentences.map((sentence, i) => `1.${i + 1} ${sentence}`)].join('\n\n'));

/** What a rule says about some sentences: `severity <burdened party>: message`, one line per finding. */
export const says = (rule: Rule, ...sentences: string[]): string[] =>
  rule(contractSaying(...sentences)).map(
    ({ severity, burdens, message }) => `${severity} <${burdens ?? ''}>: ${message}`,
  );
