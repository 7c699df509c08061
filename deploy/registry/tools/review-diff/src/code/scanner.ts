import type { DiffLine } from '../diff/diff.ts';
import { type Call, callsOf } from './call.ts';
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
  readonly calls: readonly Call[];
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

/** A string or comment that goes on; `undefined` in plain code. */
type Open = { readonly end: string; readonly isComment: boolean } | undefined;

/** Longer lines are data or minified code, which nobody reviews: they count as empty. */
const maxLineLength = 2000;

/**
 * Separates code, strings and comments of consecutive lines. A hunk may begin inside a comment: lines that begin with `*`
 * in languages of the C family are taken for one.
 */
export function scan(
  lines: readonly DiffLine[],
  language: Language,
  isChanged: (line: DiffLine) => boolean,
): CodeLine[] {
  let open: Open;
  return lines.map((line) => {
    const read = readLine(line.text.length > maxLineLength ? '' : line.text, marks[language], open);
    open = read.open;
    const { code, bare, comment } = read;
    const indent = line.text.length - line.text.trimStart().length;
    return { line, code, bare, comment, calls: callsOf(bare), indent, isChanged: isChanged(line) };
  });
}

function readLine(
  text: string,
  rules: Marks,
  before: Open,
): Pick<CodeLine, 'code' | 'bare' | 'comment'> & { open: Open } {
  let open = before;
  let code = '';
  let bare = '';
  let comment = '';
  if (!open && rules.block.length > 0 && /^\s*\*(\s|\/|$)/.test(text)) return { code, bare, comment: text, open };
  for (let i = 0; i < text.length; ) {
    if (open) {
      const end = closing(text, i, open.end);
      const to = end === -1 ? text.length : end + open.end.length;
      if (open.isComment) comment += text.slice(i, to);
      else {
        code += text.slice(i, to);
        bare += end === -1 ? '' : open.end;
      }
      if (end !== -1) open = undefined;
      i = to;
      continue;
    }
    const mark = nextMark(text, i, rules);
    code += text.slice(i, mark?.at);
    bare += text.slice(i, mark?.at);
    if (!mark) break;
    if (mark.isLineComment) {
      comment += text.slice(mark.at);
      break;
    }
    if (mark.opens?.isComment) comment += mark.text;
    else {
      code += mark.text;
      bare += mark.text;
    }
    open = mark.opens;
    i = mark.at + mark.text.length;
  }
  // A short string that does not end on its line was an apostrophe.
  return { code, bare, comment, open: open && (open.isComment || rules.long.includes(open.end)) ? open : undefined };
}

interface Mark {
  readonly at: number;
  readonly text: string;
  readonly isLineComment: boolean;
  readonly opens: Open;
}

/** The next place where a comment or a string begins. */
function nextMark(text: string, from: number, rules: Marks): Mark | undefined {
  for (let at = from; at < text.length; at += 1) {
    const isHere = (mark: string): boolean => text.startsWith(mark, at);
    if (rules.line.some((mark) => isHere(mark) && mayComment(mark, text[at - 1]))) {
      return { at, text: '', isLineComment: true, opens: undefined };
    }
    const block = rules.block.find(([start]) => isHere(start));
    if (block) return { at, text: block[0], isLineComment: false, opens: { end: block[1], isComment: true } };
    const quote = rules.quotes.find(isHere);
    if (quote) return { at, text: quote, isLineComment: false, opens: { end: quote, isComment: false } };
  }
  return undefined;
}

/** `#` begins a comment only at a word's start (`#fff` after `color=`, `$#` and `a#b` are none), `//` not in an address. */
const mayComment = (mark: string, before: string | undefined): boolean =>
  mark.length > 1 ? before !== ':' : before === undefined || /[\s,;({[]/.test(before);

/** Where the mark stands that ends a string or comment, past escaped quotes; -1 if not on this line. */
function closing(text: string, from: number, end: string): number {
  for (let i = from; i < text.length; i += 1) {
    if (text[i] === '\\' && end !== '*/' && end !== '-->') i += 1;
    else if (text.startsWith(end, i)) return i;
  }
  return -1;
}
