import type { Rule } from '../finding.ts';
import { findPatterns, type Pattern } from './pattern.ts';

const skipped = 'A test is switched off: what it guarded is no longer checked.';
const patterns: readonly Pattern[] = [
  {
    looksLike: /\b(it|test|describe|context|suite)\.only\s*\(|^\s*f(it|describe)\s*\(/,
    severity: 'medium',
    says: 'Only this test still runs; all others of the file are switched off.',
    languages: ['javascript'],
    within: 'bare',
  },
  {
    looksLike: /\b(it|test|describe|context|suite)\.(skip|todo|fixme)\s*\(|^\s*x(it|describe|test)\s*\(/,
    severity: 'medium',
    says: skipped,
    languages: ['javascript'],
    within: 'bare',
  },
  {
    looksLike: /@(pytest\.mark\.(skip|xfail)|unittest\.(skip|expectedFailure))\b|^\s*pytest\.skip\(/,
    severity: 'medium',
    says: skipped,
    languages: ['python'],
  },
  { looksLike: /^\s*@(Disabled|Ignore)\b/, severity: 'medium', says: skipped, languages: ['java'] },
  { looksLike: /\b[tb]\.Skip(f|Now)?\(/, severity: 'medium', says: skipped, languages: ['go'] },
  { looksLike: /^\s*#\[ignore\b/, severity: 'medium', says: skipped, languages: ['braces'] },
];

/** Tests that the change skips, or that it alone lets run. */
export const testDisabled: Rule = {
  name: 'test-disabled',
  check: (file) => findPatterns('test-disabled', file, patterns),
};
