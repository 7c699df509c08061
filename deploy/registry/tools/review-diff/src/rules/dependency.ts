import { settingName } from '../code/setting.ts';
import { type Finding, finding, type Rule } from '../finding.ts';
import type { ReviewedFile } from '../reviewed-file.ts';

/** How each kind of file writes a dependency: its name and its version. */
const forms: readonly (readonly [path: RegExp, line: RegExp])[] = [
  [/(^|\/)package\.json$/, /^\s*"([@\w./-]+)"\s*:\s*"(?:npm:[^"@]*@)?([^"]*)"/],
  [/(^|\/)requirements[^/]*\.txt$|(^|\/)constraints[^/]*\.txt$/, /^\s*([\w.[\]-]+)\s*[=~><!]=\s*([\w.*]+)/],
  [/(^|\/)pyproject\.toml$/, /^\s*"?([\w.-]+)"?\s*(?:=\s*"|[=~><]=\s*)([\^~>=<]*[\w.*]+)/],
  [/(^|\/)go\.mod$/, /^\s*(?:require\s+)?([\w./-]+\.[\w./-]+)\s+(v[\w.+-]+)/],
  [/(^|\/)Cargo\.toml$/, /^\s*([\w-]+)\s*=\s*(?:\{.*version\s*=\s*)?"([^"]+)"/],
  [/\.gradle(\.kts)?$/, /["']([\w.-]+:[\w.-]+):([\w.+-]+)["']/],
  [/(^|\/)(Dockerfile[^/]*|[^/]*compose[^/]*\.ya?ml)$/, /^\s*(?:FROM|image:)\s+["']?([\w./-]+):([\w.-]+)/],
];

/** Keys of package.json that look like a dependency and are none. */
const notDependencies = new Set([
  'version',
  'name',
  'description',
  'main',
  'types',
  'type',
  'license',
  'author',
  'homepage',
  'packageManager',
  'node',
  'npm',
  'pnpm',
]);

interface Version {
  readonly parts: readonly number[];
  readonly text: string;
}

/** Dependencies that jump to another major version, fall back to an older one, or lose their pinned version. */
export const dependencyChanged: Rule = {
  name: 'dependency-changed',
  check(file) {
    const form = forms.find(([path]) => path.test(file.path))?.[1];
    return form ? compare(file, form) : [];
  },
};

function compare(file: ReviewedFile, form: RegExp): Finding[] {
  return file.hunks.flatMap((hunk) =>
    hunk.after
      .filter((line) => line.isChanged)
      .flatMap((line) => {
        const [, name, fresh] = form.exec(line.line.text) ?? [];
        if (name === undefined || fresh === undefined) return [];
        if (file.language === 'json' && notDependencies.has(name)) return [];
        const old = hunk.before.find((before) => before.isChanged && form.exec(before.line.text)?.[1] === name);
        const was = old && form.exec(old.line.text)?.[2];
        if (!old || was === undefined) return [];
        const judged = judge(name, was, fresh);
        // What only developers run breaks no one else.
        const isForDevelopment = settingName(hunk.after, line, file.language)?.startsWith('devDependencies.');
        return judged
          ? [
              finding(dependencyChanged.name, isForDevelopment ? 'low' : judged[0], file, judged[1], [
                line.line,
                old.line,
              ]),
            ]
          : [];
      }),
  );
}

function judge(name: string, was: string, fresh: string): ['medium' | 'low', string] | undefined {
  const from = versionOf(was);
  if (from && /^(latest|\*|x|main|master|stable|edge)$/.test(fresh)) {
    return ['medium', `\`${name}\` was pinned to ${was} and now takes whatever is newest.`];
  }
  const to = versionOf(fresh);
  if (!from || !to) return undefined;
  const order = compareParts(from.parts, to.parts);
  if (order > 0) return ['medium', `\`${name}\` goes back from ${from.text} to ${to.text}: fixes made since are lost.`];
  if (majorOf(from) === majorOf(to)) return undefined;
  return ['medium', `\`${name}\` jumps from ${from.text} to ${to.text}: a new major version may break its callers.`];
}

function versionOf(text: string): Version | undefined {
  const found = /^[\^~>=<v\s]*(\d+(?:\.\d+)*)/.exec(text);
  return found?.[1] === undefined ? undefined : { parts: found[1].split('.').map(Number), text: found[1] };
}

/** Below 1.0 the second number is the one that announces breaks. */
const majorOf = ({ parts: [major = 0, minor = 0] }: Version): string => (major === 0 ? `0.${minor}` : `${major}`);

function compareParts(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
