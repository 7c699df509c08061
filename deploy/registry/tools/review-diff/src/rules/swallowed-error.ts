import { isProgram } from '../code/language.ts';
import type { CodeLine } from '../code/scanner.ts';
import { type Finding, finding, type Rule } from '../finding.ts';
import type { ReviewedFile, ReviewedHunk } from '../reviewed-file.ts';

/** New code that catches an error and does nothing with it. */
export const errorSwallowed: Rule = {
  name: 'error-swallowed',
  check(file) {
    return isProgram(file.language) && !file.isTest ? file.hunks.flatMap((hunk) => checkHunk(file, hunk)) : [];
  },
};

function checkHunk(file: ReviewedFile, hunk: ReviewedHunk): Finding[] {
  const lines = hunk.after;
  return lines.flatMap((line, index) => {
    if (!line.isChanged || !swallows(file, lines, index)) return [];
    const message = 'An error is caught here and nothing is done with it: nobody learns that it happened.';
    return [finding(errorSwallowed.name, 'medium', file, message, [line.line])];
  });
}

function swallows(file: ReviewedFile, lines: readonly CodeLine[], index: number): boolean {
  const bare = lines[index]?.bare ?? '';
  if (file.language === 'python') {
    const only = /^\s*except\b[^:]*:\s*(.*)$/.exec(bare);
    if (!only || /\b(KeyboardInterrupt|StopIteration|CancelledError|FileNotFoundError|ImportError)\b/.test(bare))
      return false;
    const body = only[1]?.trim() || nextCode(lines, index)?.bare.trim();
    return body === 'pass' || body === '...';
  }
  if (file.language === 'go')
    return /\bif\s+(?:[^;]*;\s*)?err\s*!=\s*nil\s*\{\s*(\}|$)/.test(bare) && isEmptyBlock(lines, index);
  if (
    /\.catch\(\s*(?:\(\s*\w*\s*\)|\w+|function\s*\(\w*\))\s*(?:=>)?\s*(\{\s*\}|null|undefined|void 0|\(\{\s*\}\))\s*\)/.test(
      bare,
    )
  )
    return true;
  return /(?<![.\w])catch\b\s*(\([^)]*\))?\s*\{\s*(\}|$)/.test(bare) && isEmptyBlock(lines, index);
}

/** A comment inside says why nothing is done: that is a decision, not an oversight. */
function isEmptyBlock(lines: readonly CodeLine[], index: number): boolean {
  if ((lines[index]?.comment ?? '') !== '') return false;
  if (/\{\s*\}\s*;?\s*$/.test(lines[index]?.bare ?? '')) return true;
  for (const line of lines.slice(index + 1)) {
    if (line.comment !== '') return false;
    if (line.bare.trim() !== '') return /^\s*\}/.test(line.bare);
  }
  return false;
}

const nextCode = (lines: readonly CodeLine[], index: number): CodeLine | undefined =>
  lines.slice(index + 1).find((line) => line.bare.trim() !== '' || line.comment !== '');
