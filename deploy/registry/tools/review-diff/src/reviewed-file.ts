import { isTestPath, type Language, languageOf } from './code/language.ts';
import { type CodeLine, scan } from './code/scanner.ts';
import { keyOf } from './code/setting.ts';
import type { DiffLine, FileChange, Hunk } from './diff/diff.ts';

/** A hunk with both of its sides seen as code. */
export interface ReviewedHunk {
  readonly hunk: Hunk;
  /** What stood there: context and removed lines. */
  readonly before: readonly CodeLine[];
  /** What stands there now: context and added lines. */
  readonly after: readonly CodeLine[];
  /** Lines that were rewritten in place: the removed line and the added one that took over from it. */
  readonly rewritten: readonly Rewrite[];
}

export interface Rewrite {
  readonly before: CodeLine;
  readonly after: CodeLine;
}

/** A changed file, prepared for the rules. */
export interface ReviewedFile {
  readonly change: FileChange;
  readonly path: string;
  readonly language: Language;
  readonly isTest: boolean;
  readonly hunks: readonly ReviewedHunk[];
}

/** Prepares a file; `isRealChange` tells a new or gone line from one that only moved. */
export function prepare(change: FileChange, isRealChange: (line: DiffLine) => boolean): ReviewedFile {
  const language = languageOf(change.path);
  const hunks = change.hunks.map((hunk) => {
    const before = scan(
      hunk.lines.filter((line) => line.sign !== '+'),
      language,
      isRealChange,
    );
    const after = scan(
      hunk.lines.filter((line) => line.sign !== '-'),
      language,
      isRealChange,
    );
    return { hunk, before, after, rewritten: pairUp(hunk, before, after) };
  });
  return { change, path: change.path, language, isTest: isTestPath(change.path), hunks };
}

/** The new lines of a file with some code on them. */
export const newLines = (file: ReviewedFile): CodeLine[] =>
  file.hunks.flatMap((hunk) => hunk.after.filter((line) => line.isChanged && line.code.trim() !== ''));

/** Within each run of changed lines, a removed line belongs to the added line that differs from it in numbers only, or else to the one that sets the same key. */
function pairUp(hunk: Hunk, before: readonly CodeLine[], after: readonly CodeLine[]): Rewrite[] {
  const pairs: Rewrite[] = [];
  for (const run of changedRuns(hunk)) {
    const gone = before.filter((line) => line.isChanged && run.has(line.line));
    const fresh = new Set(after.filter((line) => line.isChanged && run.has(line.line)));
    for (const isTwin of [sameButNumbers, sameKey]) {
      for (const old of gone) {
        if (pairs.some((pair) => pair.before === old)) continue;
        const twin = [...fresh].find((line) => isTwin(old, line));
        if (!twin) continue;
        fresh.delete(twin);
        pairs.push({ before: old, after: twin });
      }
    }
  }
  return pairs;
}

function* changedRuns(hunk: Hunk): Generator<Set<DiffLine>> {
  let run = new Set<DiffLine>();
  for (const line of hunk.lines) {
    if (line.sign !== ' ') run.add(line);
    else if (run.size > 0) {
      yield run;
      run = new Set();
    }
  }
  if (run.size > 0) yield run;
}

const maskNumbers = (code: string): string =>
  code
    .trim()
    .replace(/,$/, '')
    .replace(/\d[\d_.]*/g, '#');

const sameButNumbers = (a: CodeLine, b: CodeLine): boolean => maskNumbers(a.code) === maskNumbers(b.code);

const sameKey = (a: CodeLine, b: CodeLine): boolean => {
  const key = keyOf(a.code);
  return key !== undefined && key === keyOf(b.code);
};
