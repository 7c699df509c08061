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
  // Nobody wrote a lock file or a bundle, so nobody reviews it.
  const written = language === 'generated' ? [] : change.hunks;
  const hunks = written.map((hunk) => {
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

/**
 * Within each run of changed lines, a removed line belongs to the added line that differs from it in numbers only, or else
 * to the one that sets the same key; of several, to the first that is still free.
 */
function pairUp(hunk: Hunk, before: readonly CodeLine[], after: readonly CodeLine[]): Rewrite[] {
  const runs = runsOf(hunk);
  const pairs: Rewrite[] = [];
  const taken = new Set<CodeLine>();
  for (const feature of [maskNumbers, keyOf]) {
    const free = new Map<string, CodeLine[]>();
    const place = (line: CodeLine): string | undefined => {
      const value = line.isChanged && !taken.has(line) ? feature(line.code) : undefined;
      return value === undefined ? undefined : `${runs.get(line.line)} ${value}`;
    };
    for (const line of after) {
      const at = place(line);
      if (at !== undefined) free.set(at, [...(free.get(at) ?? []), line]);
    }
    for (const line of before) {
      const twin = free.get(place(line) ?? '')?.shift();
      if (!twin) continue;
      pairs.push({ before: line, after: twin });
      taken.add(line).add(twin);
    }
  }
  return pairs;
}

/** Numbers the runs of neighbouring changed lines. */
function runsOf(hunk: Hunk): Map<DiffLine, number> {
  let run = 0;
  return new Map(hunk.lines.map((line) => [line, line.sign === ' ' ? run++ : run]));
}

const maskNumbers = (code: string): string | undefined =>
  code
    .trim()
    .replace(/,$/, '')
    .replace(/\d[\d_.]*/g, '#') || undefined;
