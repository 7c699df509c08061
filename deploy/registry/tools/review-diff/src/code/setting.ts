import type { Language } from './language.ts';
import type { CodeLine } from './scanner.ts';

/**
 * The full name of the setting on a line as far as the hunk shows it: `database.poolSize`. Parents are the nearest keys
 * above that stand further left; in INI and TOML files the section.
 */
export function settingName(lines: readonly CodeLine[], line: CodeLine, language: Language): string | undefined {
  const own = keyOf(line.code);
  if (own === undefined) return undefined;
  const names = [own];
  let indent = line.indent;
  for (let i = lines.indexOf(line) - 1; i >= 0; i -= 1) {
    const above = lines[i];
    if (!above || above.code.trim() === '') continue;
    if (language === 'ini') {
      const section = /^\s*\[+([^\]]+)\]/.exec(above.code)?.[1];
      if (section === undefined) continue;
      names.unshift(section);
      break;
    }
    if (above.indent >= indent) continue;
    indent = above.indent;
    const parent = /[{[(:]\s*$|^\s*-\s/.test(above.bare) ? keyOf(above.code) : undefined;
    if (parent === undefined && language !== 'yaml' && language !== 'json') break;
    if (parent !== undefined) names.unshift(parent);
  }
  return names.join('.');
}

/** The key that a line sets: of `"timeoutMs": 3000`, `timeout_ms = 3`, `const timeout = 3`, `- name: x`. */
export const keyOf = (code: string): string | undefined =>
  /^\s*(?:-\s+)?(?:(?:export|const|let|var|final|static|public|private|readonly|int|long|set|ENV|ARG)\s+)*["']?([\w$.-]+)["']?\s*(?::=|:|=(?![=>]))/.exec(
    code,
  )?.[1];
