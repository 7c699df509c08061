import { type Contract, type Line, linesOf, type Sentence, type Topic } from './contract/contract.ts';

/** high: do not sign unread; medium: worth negotiating; low: good to know. */
export type Severity = 'high' | 'medium' | 'low';

/** What a rule noticed, with the lines of the contract that prove it, the main line first. */
export interface Finding {
  readonly severity: Severity;
  readonly topic: Topic;
  readonly message: string;
  readonly source: string;
  readonly lines: readonly Line[];
  /** The role of the party for whom this is bad; left out if it is bad for either. */
  readonly burdens?: string;
}

/** A rule reads a contract and says what it notices. */
export type Rule = (contract: Contract) => Finding[];

/** Builds a finding that is proved by a part of a sentence: from the match on, or the whole sentence. */
export function findingAt(
  contract: Contract,
  sentence: Sentence,
  said: Pick<Finding, 'severity' | 'topic' | 'message'> & { readonly burdens?: string | undefined },
  match?: { readonly index: number; readonly 0: string },
): Finding {
  const { burdens, ...rest } = said;
  const lines = match ? linesOf(sentence, match.index, match.index + match[0].length) : linesOf(sentence);
  return { ...rest, source: contract.source, lines, ...(burdens === undefined ? {} : { burdens }) };
}

/** The clause or paragraph number of a sentence for messages: `clause 9.2: `, or nothing where there is none. */
export const where = (sentence: Sentence): string => {
  const { number } = sentence.paragraph;
  return /\d/.test(number) ? `Clause ${number}: ` : '';
};
