/** A file of the clone: its path and what it holds. */
export interface Text {
  readonly path: string;
  readonly content: string;
}

// Put together here, so that this file holds none of them itself.
const REGISTRY_HOSTS = [
  ['registry', 'npmjs', 'org'],
  ['registry', 'yarnpkg', 'com'],
  ['npm', 'pkg', 'github', 'com'],
  ['pypi', 'org'],
  ['files', 'pythonhosted', 'org'],
  ['proxy', 'golang', 'org'],
  ['sum', 'golang', 'org'],
].map((labels) => labels.join('.'));

const HOME_FOLDER = /(?<![\w.~-])\/(?:root|home\/[a-z][\w-]*|Users\/\w+)\/[\w.-]/;

/**
 * What nothing committed may hold, one sentence each: the host of a package registry (everyone's clients bring their
 * own), a download address in a lock file, the home folder of whoever wrote it.
 */
export function forbiddenText(texts: readonly Text[]): string[] {
  return texts.flatMap(({ path, content }) =>
    content.split('\n').flatMap((line, index) => {
      const fault = faultOf(path, line);
      return fault === undefined ? [] : [`${path}:${index + 1} ${fault}.`];
    }),
  );
}

function faultOf(path: string, line: string): string | undefined {
  const host = REGISTRY_HOSTS.find((name) => line.includes(name));
  if (host !== undefined) return `names the package registry ${host}`;
  if (isLockFile(path) && /\b(?:tarball|resolved)["']?:/.test(line)) return 'carries a download address';
  if (HOME_FOLDER.test(line)) return "names somebody's home folder";
  return undefined;
}

const isLockFile = (path: string): boolean => /(?:^|\/)(?:pnpm-lock\.yaml|package-lock\.json|yarn\.lock)$/.test(path);
