import type { Line, Paragraph, Sentence } from './contract.ts';

/** Joins lines to a paragraph and takes it apart into sentences. `numberLength`: how much of the first line is its number. */
export function paragraphOf(number: string, lines: readonly Line[], numberLength = 0): Paragraph {
  const starts: number[] = [];
  let text = '';
  lines.forEach((line, i) => {
    const clean = (i === 0 ? line.text.slice(numberLength) : line.text)
      .replace(/\*\*|__|^\s*[-*]\s+|^\s*>\s?/g, '')
      .trim();
    starts.push(text.length);
    text += i < lines.length - 1 ? `${clean} ` : clean;
  });
  const sentences: Sentence[] = [];
  const paragraph: Paragraph = { number, lines, text, starts, sentences };
  sentences.push(...sentencesIn(text).map(({ from, to }) => ({ text: text.slice(from, to), from, paragraph })));
  return paragraph;
}

/** A full stop ends a sentence when a capital follows, unless it belongs to an abbreviation such as `Ltd.` or `B.V.` */
const end = /(?<!\b(?:Ltd|Inc|Co|No|Nos|Art|Sec|Cl|vs|Mr|Ms|Dr|St|e\.g|i\.e|[A-Z]))[.;!?]["”)]?\s+(?=["“(]?[A-Z])/g;

function sentencesIn(text: string): { from: number; to: number }[] {
  const parts: { from: number; to: number }[] = [];
  let from = 0;
  for (const match of text.matchAll(end)) {
    const next = match.index + match[0].length;
    parts.push({ from, to: match.index + match[0].trimEnd().length });
    from = next;
  }
  if (from < text.length) parts.push({ from, to: text.length });
  return parts;
}
