import type { DiffLine } from '../diff/diff.ts';
import type { Language } from './language.ts';

/** A line of one side of a hunk, seen as code. */
export interface CodeLine {
  readonly line: DiffLine;
  /** Without comments; strings as they are. */
  readonly code: string;
  /** Without comments, and with nothing between quotes: what the language itself sees. */
  readonly bare: string;
  /** The comments of the line. */
  readonly comment: string;
  /** Depth of its first character, in characters. */
  readonly indent: number;
  /** Added or removed for good: neither context, nor moved or indented anew within the change. */
  readonly isChanged: boolean;
}

interface Marks {
  readonly line: readonly string[];
  readonly block: readonly (readonly [string, string])[];
  readonly quotes: readonly string[];
  /** Quotes whose strings go on over line ends. */
  readonly long: readonly string[];
}

const cLike: Marks = { line: ['//'], block: [['/*', '*/']], quotes: ['"', "'"], long: [] };
const hash: Marks = { line: ['#'], block: [], quotes: ['"', "'"], long: [] };
const marks: Readonly<Record<Language, Marks>> = {
  javascript: { ...cLike, quotes: ['"', "'", '`'], long: ['`'] },
  go: { ...cLike, quotes: ['"', "'", '`'], long: ['`'] },
  java: { ...cLike, quotes: ['"""', '"', "'"], long: ['"""'] },
  braces: { ...cLike, line: ['//', '#'] },
  python: { ...hash, quotes: ['"""', "'''", '"', "'"], long: ['"""', "'''"] },
  shell: hash,
  yaml: hash,
  ini: { ...hash, line: ['#', ';'] },
  json: cLike,
  sql: { line: ['--'], block: [['/*', '*/']], quotes: ["'"], long: [] },
  markup: { line: [], block: [['<!--', '-->']], quotes: ['"', "'"], long: [] },
  prose: { line: [], block: [], quotes: [], long: [] },
  generated: { line: [], block: [], quotes: [], long: [] },
};

/**
 * Separates code, strings and comments of consecutive lines. A hunk may begin inside a comment: lines that begin with `*`
 * in languages of the C family are taken for one.
 */
export function scan(
  lines: readonly DiffLine[],
  language: Language,
  isChanged: (line: DiffLine) => boolean,
): CodeLine[] {
  const rules = marks[language];
  let open: { readonly end: string; readonly isComment: boolean } | undefined;
  return lines.map((line) => {
    const { text } = line;
    let code = '';
    let bare = '';
    let comment = '';
    let i = 0;
    if (!open && rules.block.length > 0 && /^\s*\*(\s|\/|$)/.test(text)) {
      comment = text;
      i = text.length;
    }
    while (i < text.length) {
      if (open) {
        const end = closing(text, i, open.end);
        const piece = text.slice(i, end === -1 ? text.length : end + open.end.length);
        if (open.isComment) comment += piece;
        else {
          code += piece;
          bare += end === -1 ? '' : open.end;
        }
        i += piece.length;
        if (end !== -1) open = undefined;
        continue;
      }
      const rest = text.slice(i);
      const block = rules.block.find(([start]) => rest.startsWith(start));
      if (startsLineComment(rest, text[i - 1], rules)) {
        comment += rest;
        break;
      }
      if (block) {
        comment += block[0];
        i += block[0].length;
        open = { end: block[1], isComment: true };
        continue;
      }
      const quote = rules.quotes.find((mark) => rest.startsWith(mark));
      if (quote) {
        code += quote;
        bare += quote;
        i += quote.length;
        open = { end: quote, isComment: false };
        continue;
      }
      code += text[i];
      bare += text[i];
      i += 1;
    }
    if (open && !open.isComment && !rules.long.includes(open.end)) open = undefined; // an apostrophe, not a string
    return { line, code, bare, comment, indent: text.length - text.trimStart().length, isChanged: isChanged(line) };
  });
}

/** In scripts and settings `#` begins a comment only at a word's start: `color=#fff`, `$#` and `a#b` are none. */
const startsLineComment = (rest: string, before: string | undefined, rules: Marks): boolean =>
  rules.line.some(
    (mark) => rest.startsWith(mark) && (mark.length > 1 ? before !== ':' : !before || /[\s,;({[]/.test(before)),
  );

/** Where the mark stands that ends a string or comment, past escaped quotes; -1 if not on this line. */
function closing(text: string, from: number, end: string): number {
  for (let i = from; i < text.length; i += 1) {
    if (text[i] === '\\' && end !== '*/' && end !== '-->') i += 1;
    else if (text.startsWith(end, i)) return i;
  }
  return -1;
}
