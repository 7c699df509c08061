import type { FileChange } from '../diff/diff.ts';
import { findRealChanges } from '../diff/move.ts';
import { parseDiff } from '../diff/parser.ts';
import type { Rule } from '../finding.ts';
import { prepare, type ReviewedFile } from '../reviewed-file.ts';

/** A diff of one hunk in one file. `body` holds its lines with their signs; a first line break is left out. */
export function diffOf(path: string, body: string): string {
  const lines = body
    .replace(/^\n/, '')
    .replace(/\n\s*$/, '')
    .split('\n');
  const count = (sign: string): number => lines.filter((line) => !line.startsWith(sign)).length;
  return [`--- a/${path}`, `+++ b/${path}`, `@@ -1,${count('+')} +1,${count('-')} @@`, ...lines, ''].join('\n');
}

/** The changes of several files at once. */
export const changesOf = (files: Readonly<Record<string, string>>): FileChange[] =>
  Object.entries(files).flatMap(([path, body]) => parseDiff('change.diff', diffOf(path, body)));

/** One file, prepared as rules see it. */
export function fileOf(path: string, body: string): ReviewedFile {
  const [change] = parseDiff('change.diff', diffOf(path, body));
  if (!change) throw new Error('the body holds no change');
  return prepare(change, findRealChanges([change]));
}

/** What a rule says about a change: `severity: message`, one line per finding. */
export const says = (rule: Rule, path: string, body: string): string[] =>
  rule.check(fileOf(path, body)).map(({ severity, message }) => `${severity}: ${message}`);
