import { isProgram } from '../code/language.ts';
import type { CodeLine } from '../code/scanner.ts';
import { type Finding, headerOf, type Rule } from '../finding.ts';
import type { ReviewedFile, ReviewedHunk } from '../reviewed-file.ts';

const rule = 'secret-added';

/**
 * A key, token or password that is newly written into a file. The line itself is never shown: the finding proves itself
 * by the header of the hunk and names the line's number, so that the secret spreads no further.
 */
export const secretAdded: Rule = {
  name: rule,
  check(file) {
    if (file.language === 'generated') return [];
    return file.hunks.flatMap((hunk) => hunk.after.flatMap((line) => checkLine(file, hunk, line)));
  },
};

function checkLine(file: ReviewedFile, hunk: ReviewedHunk, line: CodeLine): Finding[] {
  if (!line.isChanged) return [];
  const what = secretOn(line.line.text, file);
  if (what === undefined) return [];
  const message = `${what} is added in line ${line.line.at} of ${file.change.source}; whoever reads the history can use it, so it must be replaced. (The line is not repeated here.)`;
  return [
    {
      severity: 'high',
      rule,
      file,
      fileLine: line.line.fileLine,
      message,
      proof: [headerOf(hunk.hunk)],
      about: [line.line],
    },
  ];
}

const known: readonly (readonly [RegExp, string])[] = [
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/, 'An AWS access key'],
  [/\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_\w{22,}/, 'A GitHub token'],
  [/\bglpat-[\w-]{20,}/, 'A GitLab token'],
  [/\bxox[abposr]-[\w-]{10,}/, 'A Slack token'],
  [/\b[sr]k_live_[A-Za-z0-9]{16,}/, 'A Stripe live key'],
  [/\bAIza[\w-]{35}\b/, 'A Google API key'],
  [/\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}/, 'A model provider key'],
  [/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/, 'A private key'],
  [/\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{15,}/, 'A signed token (JWT)'],
];

const assignment =
  /(?<![a-z])(\w*(?:secret|passw(?:or)?d|pwd|passphrase|api_?key|access_?key|private_?key|auth_?token|access_?token|bearer|credential)\w*|token)["']?\s*(?::=|=>|[:=])\s*(["'`]?)([^\s"'`,;]{6,})\2/i;
const address = /\b[a-z][a-z0-9+]*:\/\/[^\s:@/"'`]+:([^\s:@/"'`]{4,})@/i;
const placeholder =
  /^[<[{$%]|\$\{|\{\{|example|changeme|change_me|your[_-]|placeholder|redacted|dummy|sample|fake|process\.env|os\.environ|getenv|secretref|^(x+|\*+|\.+|test|none|null|true|false|undefined|string|password|secret|required|optional)$|[()]/i;

/** Whether a line holds a secret, so that nothing may repeat it. */
export const holdsSecret = (text: string, file: ReviewedFile): boolean => secretOn(text, file) !== undefined;

/**
 * What kind of secret a line holds, if any. Tests and documents are full of passwords that open nothing: there only keys
 * of a known form count. In code a value without quotes is a name.
 */
function secretOn(text: string, file: ReviewedFile): string | undefined {
  const form = known.find(([pattern]) => pattern.test(text) && !/EXAMPLE/.test(text));
  if (form) return form[1];
  if (file.isTest || file.language === 'prose') return undefined;
  const inUrl = address.exec(text)?.[1];
  if (inUrl && !placeholder.test(inUrl)) return 'A password in an address';
  const [, name = '', quote = '', value = ''] = assignment.exec(text) ?? [];
  if (value === '' || placeholder.test(value) || /^[\w.]+\.[\w.]+$/.test(value)) return undefined;
  if (quote === '' && isProgram(file.language) && file.language !== 'shell') return undefined;
  const isPassword = /passw|pwd|passphrase/i.test(name);
  const isTelling = isPassword
    ? quote !== '' || /\d/.test(value)
    : value.length >= 16 && /\d/.test(value) && entropy(value) >= 3.3;
  return isTelling ? `A value for \`${name}\`` : undefined;
}

/** Shannon entropy in bits per character: words have about 2 to 3, random keys 3.5 and more. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const sign of text) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}
