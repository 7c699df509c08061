/** How a file is read. `prose` holds no code; `generated` (lock files, minified or vendored code) is not reviewed at all. */
export type Language =
  | 'javascript'
  | 'python'
  | 'go'
  | 'java'
  | 'sql'
  | 'yaml'
  | 'json'
  | 'ini'
  | 'shell'
  | 'braces'
  | 'markup'
  | 'prose'
  | 'generated';

const byExtension: Readonly<Record<string, Language>> = {
  ...each('javascript', 'js mjs cjs jsx ts mts cts tsx vue svelte'),
  ...each('python', 'py pyi'),
  ...each('go', 'go'),
  ...each('java', 'java kt kts scala groovy gradle cs'),
  ...each('sql', 'sql'),
  ...each('yaml', 'yaml yml'),
  ...each('json', 'json json5 jsonc'),
  ...each('ini', 'ini toml cfg conf properties env service'),
  ...each('shell', 'sh bash zsh ps1'),
  ...each('braces', 'c h cc cpp hpp rs swift php tf hcl proto dart'),
  ...each('markup', 'html htm xml css scss less svg'),
  ...each('prose', 'md markdown rst adoc txt log'),
};

function each(language: Language, extensions: string): Record<string, Language> {
  return Object.fromEntries(extensions.split(' ').map((extension) => [extension, language]));
}

const generated =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|poetry\.lock|uv\.lock|Pipfile\.lock|Cargo\.lock|go\.sum|composer\.lock|Gemfile\.lock)$|\.(min\.(js|css)|map|snap)$|(^|\/)(node_modules|vendor|dist|third_party)\//;

/** Tells the language from the path alone: a diff seldom shows enough of a file to tell it from its text. */
export function languageOf(path: string): Language {
  if (generated.test(path)) return 'generated';
  const name = path.split('/').at(-1) ?? path;
  if (/^\.env(\.|$)/.test(name)) return 'ini';
  if (/^(Dockerfile|Makefile|Jenkinsfile)/.test(name)) return name.startsWith('Jenkins') ? 'java' : 'shell';
  if (/^requirements.*\.txt$/.test(name) || name === 'go.mod') return 'ini';
  return byExtension[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'prose';
}

/** Whether a file only tests others: what would worry us in the product is often its very purpose there. */
export const isTestPath = (path: string): boolean =>
  /(^|\/)(tests?|specs?|__tests__|__mocks__|fixtures?|testdata|examples?)\/|[._-](test|spec|int\.spec|contract)\.\w+$|(^|\/)(test_[^/]*\.py|[^/]*_test\.(go|py)|[^/]*Tests?\.(java|kt|cs))$/.test(
    path,
  );

/** Languages that have statements, calls and blocks. */
export const isProgram = (language: Language): boolean =>
  ['javascript', 'python', 'go', 'java', 'braces', 'shell'].includes(language);

/** Files that set values: keys with values, no statements. */
export const isSettings = (language: Language): boolean => ['yaml', 'json', 'ini'].includes(language);
