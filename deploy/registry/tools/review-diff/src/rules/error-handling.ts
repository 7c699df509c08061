import { isProgram, type Language } from '../code/language.ts';
import type { CodeLine } from '../code/scanner.ts';
import { type Finding, finding, type Rule } from '../finding.ts';
import type { ReviewedFile, ReviewedHunk } from '../reviewed-file.ts';

/** A catch (or its like in other languages) that is gone while the calls that it guarded are still there. */
export const errorHandlingRemoved: Rule = {
  name: 'error-handling-removed',
  check(file) {
    if (!isProgram(file.language) || file.isTest) return [];
    return file.hunks.flatMap((hunk) => forms.flatMap((form) => checkHunk(file, hunk, form)));
  },
};

interface Form {
  readonly pattern: RegExp;
  readonly languages: readonly Language[];
  readonly says: (calls: string) => string;
}

const forms: readonly Form[] = [
  {
    pattern: /(?<![.\w])catch\b|\.catch\s*\(|^\s*except\b|\brescue\b/,
    languages: ['javascript', 'java', 'python', 'braces'],
    says: (calls) => `Errors of ${calls} were caught here, and no longer are.`,
  },
  {
    pattern: /(?<![.\w])finally\b|\.finally\s*\(/,
    languages: ['javascript', 'java', 'python', 'braces'],
    says: (calls) => `What \`finally\` did after ${calls} no longer happens when it fails.`,
  },
  {
    pattern: /\bif\s+(?:[^;]*;\s*)?err\s*!=\s*nil\b/,
    languages: ['go'],
    says: (calls) => `The error of ${calls} was checked here, and no longer is.`,
  },
];

function checkHunk(file: ReviewedFile, hunk: ReviewedHunk, form: Form): Finding[] {
  if (!form.languages.includes(file.language)) return [];
  const had = hunk.before.filter((line) => form.pattern.test(line.bare));
  const has = hunk.after.filter((line) => form.pattern.test(line.bare));
  const gone = had.filter((line) => line.isChanged);
  if (gone.length === 0 || has.length >= had.length) return [];
  return gone.slice(0, had.length - has.length).flatMap((line) => {
    const kept = guardedCalls(hunk.before, line).filter((name) =>
      hunk.after.some((after) => calls(after).includes(name)),
    );
    if (kept.length === 0) return [];
    const named = kept
      .slice(0, 2)
      .map((name) => `\`${name}(…)\``)
      .join(' and ');
    return [finding(errorHandlingRemoved.name, 'medium', file, form.says(named), [line.line])];
  });
}

const reach = 12;

/** The calls on the same line, and above it up to the `try` that it belongs to. */
function guardedCalls(lines: readonly CodeLine[], line: CodeLine): string[] {
  const names = calls(line);
  const at = lines.indexOf(line);
  for (let i = at - 1; i >= 0 && i >= at - reach; i -= 1) {
    const above = lines[i];
    if (!above) break;
    names.push(...calls(above));
    if (/(?<![.\w])try\b/.test(above.bare)) break;
    if (/err\s*!=\s*nil/.test(line.bare) && names.length > 0) break;
  }
  return names.filter((name) => !/(^|\.)(catch|finally|then)$/.test(name) && !/^(log|console|logger)\b/.test(name));
}

const calls = (line: CodeLine): string[] => line.calls.map((call) => call.callee);
