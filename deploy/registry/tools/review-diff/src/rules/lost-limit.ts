import { isProgram, isSettings } from '../code/language.ts';
import type { CodeLine } from '../code/scanner.ts';
import { type Finding, finding, type Rule } from '../finding.ts';
import type { ReviewedFile, ReviewedHunk } from '../reviewed-file.ts';

const guarding =
  /time_?out|deadline|AbortSignal|max_?(retries|attempts|connections|conns)|rate_?limit|circuit_?breaker/i;

/** A timeout or other guard that is gone while the call that it belonged to stays. */
export const limitRemoved: Rule = {
  name: 'limit-removed',
  check(file) {
    if (file.isTest || !(isProgram(file.language) || isSettings(file.language))) return [];
    return file.hunks.flatMap((hunk) => checkHunk(file, hunk));
  },
};

function checkHunk(file: ReviewedFile, hunk: ReviewedHunk): Finding[] {
  const isGuard = (line: CodeLine): boolean =>
    guarding.test(line.bare) && !/^\s*(import|from|export|class|throw|raise|super)\b/.test(line.bare);
  if (hunk.after.some((line) => line.isChanged && guarding.test(line.bare))) return [];
  const gone = hunk.before.filter((line) => line.isChanged);
  const kept = hunk.after.some((line) => !line.isChanged && line.bare.trim().length > 2);
  const first = gone.find(isGuard);
  // Where much else goes with it, the whole call was removed and needs no limit any more.
  if (!first || !kept || gone.length > 4) return [];
  const text = first.code.trim();
  const message = `\`${text.length > 80 ? `${text.slice(0, 80)}…` : text}\` is gone: nothing bounds this any more.`;
  return [finding(limitRemoved.name, 'medium', file, message, [first.line])];
}
