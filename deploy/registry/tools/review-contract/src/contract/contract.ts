/** A line of the attached file: `at` counts from 1, `text` is the line word for word. */
export interface Line {
  readonly at: number;
  readonly text: string;
}

/** A sentence and the place where it stands. */
export interface Sentence {
  readonly text: string;
  readonly paragraph: Paragraph;
  /** Where it begins in its paragraph's text. */
  readonly from: number;
}

/** A run of lines that belong together, often with a number such as `9.2`; `text` joins them with blanks. */
export interface Paragraph {
  readonly number: string;
  readonly lines: readonly Line[];
  readonly text: string;
  /** Where in `text` each of the lines begins. */
  readonly starts: readonly number[];
  readonly sentences: readonly Sentence[];
}

/** What a clause is about. */
export type Topic =
  | 'definitions'
  | 'services'
  | 'service level'
  | 'payment'
  | 'liability'
  | 'indemnity'
  | 'termination'
  | 'renewal'
  | 'confidentiality'
  | 'data protection'
  | 'intellectual property'
  | 'governing law'
  | 'force majeure'
  | 'exclusivity'
  | 'non-compete'
  | 'assignment'
  | 'warranty'
  | 'insurance'
  | 'notices'
  | 'changes'
  | 'other';

/** A clause: a heading or a number of the first order, with all that follows up to the next one. */
export interface Clause {
  readonly number: string;
  readonly title: string;
  readonly line: Line;
  readonly paragraphs: readonly Paragraph[];
  readonly topic: Topic;
}

/** Who agrees: `role` is what the contract calls the party. The name is empty if only the role is known. */
export interface Party {
  readonly role: string;
  readonly name: string;
  readonly line: Line;
}

/** A contract as it was read. `preamble` is what stands before the first clause. */
export interface Contract {
  readonly source: string;
  readonly preamble: readonly Paragraph[];
  readonly clauses: readonly Clause[];
  readonly parties: readonly Party[];
}

/** All sentences of all clauses, in order. */
export const sentencesOf = (contract: Contract): Sentence[] =>
  contract.clauses.flatMap((clause) => clause.paragraphs.flatMap((paragraph) => paragraph.sentences));

/** The lines that hold a part of a sentence: characters `from` to `to` of it; left out, the whole sentence. */
export function linesOf(sentence: Sentence, from = 0, to = sentence.text.length): Line[] {
  const { lines, starts } = sentence.paragraph;
  const begin = sentence.from + from;
  const end = sentence.from + Math.max(to, from + 1);
  return lines.filter((_line, i) => (starts[i] ?? 0) < end && (starts[i + 1] ?? Number.POSITIVE_INFINITY) > begin);
}
