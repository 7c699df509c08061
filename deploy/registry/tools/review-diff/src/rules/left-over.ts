import { isProgram } from '../code/language.ts';
import type { Rule } from '../finding.ts';
import { findPatterns, type Pattern } from './pattern.ts';

const patterns: readonly Pattern[] = [
  {
    looksLike: /^\s*debugger\s*;?\s*$/,
    severity: 'medium',
    says: 'A `debugger` statement stops the program here.',
    languages: ['javascript'],
  },
  {
    looksLike: /\bpdb\.set_trace\(|\bbreakpoint\(\)|^\s*import\s+i?pdb\b/,
    severity: 'medium',
    says: 'A break point is left in.',
    languages: ['python'],
  },
  {
    looksLike: /\bconsole\.(log|debug|trace|dir)\(/,
    severity: 'low',
    says: 'Output for debugging is left in.',
    languages: ['javascript'],
    within: 'bare',
  },
  {
    looksLike: /\.printStackTrace\(\)|\bSystem\.out\.print/,
    severity: 'low',
    says: 'Output for debugging is left in.',
    languages: ['java'],
    within: 'bare',
  },
  {
    looksLike: /\b(print|fmt\.Print\w*)\(\s*f?["'](debug|here|xxx|test)\b/i,
    severity: 'low',
    says: 'Output for debugging is left in.',
    languages: ['python', 'go'],
  },
  {
    looksLike: /\b(TODO|FIXME|XXX|HACK)\b/,
    severity: 'low',
    says: 'The change says itself that something here is unfinished.',
    within: 'comment',
  },
];

/** Break points, output for debugging and notes of unfinished work on new lines. Scripts and commands may print. */
export const leftOver: Rule = {
  name: 'left-over',
  check(file) {
    if (!isProgram(file.language)) return [];
    const mayPrint = file.isTest || /(^|\/)(scripts?|bin|cli|tools?)\/|\.config\.\w+$/.test(file.path);
    const usable = mayPrint ? patterns.filter(({ says }) => !says.startsWith('Output')) : patterns;
    return findPatterns('left-over', file, usable);
  },
};
