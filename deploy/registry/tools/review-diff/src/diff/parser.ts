import type { ChangeKind, DiffLine, FileChange, Hunk } from './diff.ts';
import { gitPath, headerPath, unquote } from './path.ts';

const hunkHeader = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** What is known about a file while its part of the diff is read. */
interface Draft {
  path: string;
  kind: ChangeKind;
  hunks: Hunk[];
}

/**
 * Reads a unified diff: of git (with renames, modes, binaries, quoted paths, mail headers of `format-patch`) or of plain
 * `diff -u`. Hunks are read by their counts, so a removed SQL comment (`--- …`) is not taken for a header.
 * Text around the changes is skipped; a text without any change gives an empty list.
 */
export function parseDiff(source: string, text: string): FileChange[] {
  const lines = text.split('\n');
  const drafts: Draft[] = [];
  let draft: Draft | undefined;
  const open = (path: string, kind: ChangeKind): Draft => {
    draft = { path, kind, hunks: [] };
    drafts.push(draft);
    return draft;
  };

  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? '';
    const next = lines[i + 1] ?? '';
    if (line.startsWith('diff --git ')) open(gitPath(line), 'modified');
    else if (line.startsWith('--- ') && next.startsWith('+++ ')) {
      readNames(headerPath(line), headerPath(next), draft, open);
      i += 1;
    } else if (hunkHeader.test(line) && draft) {
      const hunk = readHunk(lines, i);
      draft.hunks.push(hunk);
      i = hunk.end - 1;
    } else if (draft) readExtendedHeader(line, draft);
  }
  return drafts.map((each) => finish(source, each));
}

/** Whether the beginning of a text looks like a unified diff. */
export const looksLikeDiff = (beginning: string): boolean =>
  /^diff --git /m.test(beginning) || /^--- .*\r?\n\+\+\+ .*\r?\n@@ -\d/m.test(beginning);

/** The two names belong to the git header before them, or, in a plain diff, begin a file. */
function readNames(
  before: string | undefined,
  after: string | undefined,
  draft: Draft | undefined,
  open: (path: string, kind: ChangeKind) => Draft,
): void {
  const kind: ChangeKind = before === undefined ? 'added' : after === undefined ? 'deleted' : 'modified';
  const path = after ?? before ?? '';
  const begun = draft && draft.hunks.length === 0 && draft.path === path ? draft : undefined;
  if (!begun) open(path, kind);
  else if (begun.kind === 'modified') begun.kind = kind;
}

function readExtendedHeader(line: string, draft: Draft): void {
  if (draft.hunks.length > 0) return;
  if (line.startsWith('new file mode')) draft.kind = 'added';
  else if (line.startsWith('deleted file mode')) draft.kind = 'deleted';
  else if (line.startsWith('rename to ')) {
    draft.path = unquote(line.slice('rename to '.length).trimEnd());
    draft.kind = 'renamed';
  } else if (/^(Binary files .* differ|GIT binary patch)/.test(line)) draft.kind = 'binary';
}

/** Reads one hunk from its `@@` line at index `from`; `end` is the index after its last line. */
function readHunk(lines: readonly string[], from: number): Hunk & { end: number } {
  const header = lines[from] ?? '';
  const counts = hunkHeader.exec(header);
  let before = Number(counts?.[2] ?? 1);
  let after = Number(counts?.[4] ?? 1);
  let fileLine = Math.max(1, Number(counts?.[3] ?? 1));
  const read: DiffLine[] = [];
  let i = from + 1;
  for (; i < lines.length && (before > 0 || after > 0); i += 1) {
    const raw = lines[i] ?? '';
    if (raw.startsWith('\\')) continue; // "\ No newline at end of file"
    const sign = raw === '' || raw === '\r' ? ' ' : raw[0]; // mail programs strip the blank of an empty line
    if (sign !== '+' && sign !== '-' && sign !== ' ') break; // a cut-off diff: the next line is not ours
    read.push({ sign, text: raw.slice(1).replace(/\r$/, ''), raw: raw.replace(/\r$/, ''), at: i + 1, fileLine });
    if (sign !== '+') before -= 1;
    if (sign !== '-') {
      after -= 1;
      fileLine += 1;
    }
  }
  return { at: from + 1, raw: header.replace(/\r$/, ''), lines: read, end: i };
}

function finish(source: string, draft: Draft): FileChange {
  const count = (sign: DiffLine['sign']): number =>
    draft.hunks.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.sign === sign).length, 0);
  return {
    source,
    path: draft.path,
    kind: draft.kind,
    added: count('+'),
    removed: count('-'),
    hunks: draft.hunks.map(({ at, raw, lines }) => ({ at, raw, lines })),
  };
}
