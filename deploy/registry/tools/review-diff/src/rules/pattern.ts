import type { Language } from '../code/language.ts';
import type { CodeLine } from '../code/scanner.ts';
import { type Finding, finding, type Severity } from '../finding.ts';
import { newLines, type ReviewedFile } from '../reviewed-file.ts';

/** One wording that a rule looks for on new lines. */
export interface Pattern {
  readonly looksLike: RegExp;
  readonly severity: Severity;
  readonly says: string;
  /** In which languages; left out: in all. */
  readonly languages?: readonly Language[];
  /** Where to look: `code` with strings (default), `bare` without, `comment`. */
  readonly within?: 'code' | 'bare' | 'comment';
}

/**
 * Findings for new lines that match a pattern, one per line, the first pattern that fits. What the file already said
 * before the change on a line that was replaced is not new.
 */
export function findPatterns(rule: string, file: ReviewedFile, patterns: readonly Pattern[]): Finding[] {
  const usable = patterns.filter(({ languages }) => languages?.includes(file.language) ?? true);
  if (usable.length === 0) return [];
  const gone = file.hunks.flatMap((hunk) => hunk.before.filter((line) => line.isChanged));
  const candidates = usable.some(({ within }) => within === 'comment')
    ? file.hunks.flatMap((hunk) => hunk.after.filter((line) => line.isChanged))
    : newLines(file);
  return candidates.flatMap((line) => {
    const pattern = usable.find((each) => fits(each, line));
    if (!pattern || gone.some((before) => fits(pattern, before))) return [];
    return [finding(rule, pattern.severity, file, pattern.says, [line.line])];
  });
}

/** A line with regular expressions (`\b`, `\s`) speaks about the wording, it does not use it. */
const fits = ({ looksLike, within = 'code' }: Pattern, line: CodeLine): boolean =>
  looksLike.test(line[within]) && !/\\[bsdw]\b/.test(line[within]);
