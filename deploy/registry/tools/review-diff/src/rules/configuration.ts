import { isProgram, isSettings } from '../code/language.ts';
import type { CodeLine } from '../code/scanner.ts';
import { keyOf, settingName } from '../code/setting.ts';
import { type Finding, finding, type Rule } from '../finding.ts';
import type { ReviewedFile } from '../reviewed-file.ts';
import { holdsSecret } from './secret.ts';

/** Files whose values other rules judge, or that configure tools of development only. */
const elsewhere =
  /(^|\/)(package\.json|tsconfig[^/]*\.json|pyproject\.toml|Cargo\.toml|go\.mod|requirements[^/]*\.txt|\.?eslintrc[^/]*|biome\.jsonc?|nx\.json|renovate\.json5?|\.editorconfig|\.prettierrc[^/]*|angular\.json|\.pre-commit-config\.yaml|openapi[^/]*|swagger[^/]*|[^/]*\.schema\.json)$|(^|\/)(locales?|i18n|translations?|\.vscode|\.github|docs?)\//i;

const changed = 'configuration-changed';

/** Settings with another value than before, and environment variables that are newly read. */
export const configurationChanged: Rule = {
  name: changed,
  check(file) {
    if (file.isTest || elsewhere.test(file.path)) return [];
    if (isSettings(file.language)) return settings(file);
    return isProgram(file.language) ? environment(file) : [];
  },
};

/** Changed values and removed keys. */
function settings(file: ReviewedFile): Finding[] {
  return file.hunks.flatMap((hunk) => [
    ...hunk.rewritten.flatMap(({ before, after }) => {
      const name = settingName(hunk.after, after, file.language);
      const [was, now] = [writtenValue(file, before), writtenValue(file, after)];
      if (name === undefined || was === undefined || now === undefined || was === now) return [];
      return [finding(changed, 'low', file, `\`${name}\` goes from ${was} to ${now}.`, [after.line, before.line])];
    }),
    ...hunk.before
      .filter(
        (line) =>
          line.isChanged &&
          writtenValue(file, line) !== undefined &&
          !hunk.rewritten.some(({ before }) => before === line),
      )
      .map((line) => {
        const name = settingName(hunk.before, line, file.language) ?? '';
        return finding(changed, 'low', file, `\`${name}\` is no longer set; its default applies.`, [line.line]);
      }),
  ]);
}

/** The value of a setting as it is written; a key that only begins a group has none. Long values are cut short. */
function writtenValue(file: ReviewedFile, line: CodeLine): string | undefined {
  if (keyOf(line.code) === undefined) return undefined;
  if (holdsSecret(line.line.text, file)) return 'a secret';
  const value = /[:=]\s*(.*?)[,;]?\s*$/.exec(line.code)?.[1] ?? '';
  if (value === '' || /^[{[(|>]/.test(value)) return undefined;
  return `\`${value.length > 60 ? `${value.slice(0, 60)}…` : value}\``;
}

const read =
  /process\.env\.([A-Z][A-Z0-9_]+)|process\.env\[\s*["'](\w+)|os\.environ(?:\.get\(|\[)\s*["'](\w+)|os\.getenv\(\s*["'](\w+)|os\.(?:Getenv|LookupEnv)\(\s*"(\w+)|System\.getenv\(\s*"(\w+)/g;

function environment(file: ReviewedFile): Finding[] {
  const names = (lines: readonly CodeLine[]): string[] =>
    lines.flatMap(({ code }) =>
      [...code.matchAll(read)].map((match) => match.slice(1).find((name) => name !== undefined) ?? ''),
    );
  const known = new Set(names(file.hunks.flatMap((hunk) => hunk.before)));
  return file.hunks.flatMap((hunk) =>
    hunk.after
      .filter((line) => line.isChanged)
      .flatMap((line) =>
        names([line])
          .filter((name) => !known.has(name))
          .map((name) => {
            known.add(name);
            return finding(
              changed,
              'low',
              file,
              `The program now reads \`${name}\` from its environment: it must be set wherever this runs.`,
              [line.line],
            );
          }),
      ),
  );
}
