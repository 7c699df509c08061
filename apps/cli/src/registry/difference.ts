import { MANIFEST_FILE } from '@voorman/distribution';
import { type Change, compareTools, isEnough, nextVersion, stepFor } from '@voorman/registry';
import type { Snapshot, ToolThen } from './snapshot.js';

/** What became of one tool between two snapshots; the names are promised. */
export interface ToolDifference {
  readonly tool: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before: string | null;
  readonly after: string | null;
  readonly changes: readonly Change[];
  /** Other files than the manifest: their paths. */
  readonly files: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
  };
  /** The least version that the changes ask for, where the one that it has is not enough; else null. */
  readonly needs_version: string | null;
}

/** What is different between two snapshots, tool by tool, by name. Equal tools are not listed. */
export function differences(before: Snapshot, after: Snapshot): readonly ToolDifference[] {
  const names = [...new Set([...before.tools.keys(), ...after.tools.keys()])].sort();
  return names.flatMap((tool) => differenceOf(tool, before.tools.get(tool), after.tools.get(tool)) ?? []);
}

function differenceOf(tool: string, was: ToolThen | undefined, is: ToolThen | undefined): ToolDifference | undefined {
  const versions = { before: was?.manifest.version ?? null, after: is?.manifest.version ?? null };
  const nothing = { changes: [], files: { added: [], removed: [], changed: [] }, needs_version: null };
  if (was === undefined) return { tool, kind: 'added', ...versions, ...nothing };
  if (is === undefined) return { tool, kind: 'removed', ...versions, ...nothing };
  const changes = compareTools(was.manifest, is.manifest);
  const paths = (one: ToolThen, other: ToolThen, keep: (path: string) => boolean): string[] =>
    [...one.files.keys()].filter(
      (path) => path !== MANIFEST_FILE && keep(path) && one.files.get(path) !== other.files.get(path),
    );
  const files = {
    added: paths(is, was, (path) => !was.files.has(path)),
    removed: paths(was, is, (path) => !is.files.has(path)),
    changed: paths(is, was, (path) => was.files.has(path)),
  };
  const touched = Object.values(files).some((list) => list.length > 0);
  const isSame = changes.length === 0 && !touched && versions.before === versions.after;
  if (isSame) return undefined;
  // Other files may do something else: that is a patch at the least.
  const asked = stepFor(changes);
  const step = asked === 'none' && touched ? 'patch' : asked;
  const isFine = isEnough(was.manifest.version, is.manifest.version, step);
  return {
    ...{ tool, kind: 'changed' as const, ...versions, changes, files },
    needs_version: isFine ? null : nextVersion(was.manifest.version, step),
  };
}

/** A difference in lines for people. */
export function differenceLines({
  tool,
  kind,
  before,
  after,
  changes,
  files,
  needs_version,
}: ToolDifference): readonly string[] {
  if (kind === 'added') return [`${tool} ${after} is new.`];
  if (kind === 'removed') return [`${tool} ${before} is gone.`];
  const head = before === after ? `${tool} ${after}, under the same version:` : `${tool} ${before} became ${after}:`;
  const named = (what: string, paths: readonly string[]): string[] =>
    paths.length === 0
      ? []
      : [`  ${what}: ${paths.slice(0, 8).join(', ')}${paths.length > 8 ? ` and ${paths.length - 8} more` : ''}.`];
  return [
    head,
    ...changes.map(
      ({ part, step, says }) =>
        `  ${part === 'manifest' ? '' : `${part}: `}${says}${step === 'major' ? ' This breaks whoever uses it.' : ''}`,
    ),
    ...named('new files', files.added),
    ...named('files gone', files.removed),
    ...named('files changed', files.changed),
    ...(needs_version === null ? [] : [`  These changes need version ${needs_version} or later.`]),
  ];
}
