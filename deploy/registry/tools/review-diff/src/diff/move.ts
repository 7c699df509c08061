import type { DiffLine, FileChange } from './diff.ts';

/**
 * Tells which changed lines are really new or really gone. A line that only moved, or that is only indented anew, stands
 * on both sides: within a file alone, between files as part of at least three lines that moved together.
 */
export function findRealChanges(files: readonly FileChange[]): (line: DiffLine) => boolean {
  const moved = new Set<DiffLine>();
  for (const file of files) markMovedWithin(linesOf(file), moved);
  markMovedBetween(files, moved);
  return (line) => line.sign !== ' ' && !moved.has(line);
}

const linesOf = (file: FileChange): DiffLine[] => file.hunks.flatMap((hunk) => hunk.lines);

/** Short lines (`} else {`) are alike by chance, so they do not count as moved. */
const key = (line: DiffLine): string | undefined => {
  const text = line.text.trim();
  return text.length >= 8 && /\w{2}/.test(text) && !/^\W*(finally|catch|else|try)\b/.test(text) ? text : undefined;
};

function markMovedWithin(lines: readonly DiffLine[], moved: Set<DiffLine>): void {
  const gone = new Map<string, DiffLine[]>();
  for (const line of lines) {
    const text = line.sign === '-' ? key(line) : undefined;
    if (text !== undefined) gone.set(text, [...(gone.get(text) ?? []), line]);
  }
  for (const line of lines) {
    const text = line.sign === '+' ? key(line) : undefined;
    const before = text === undefined ? undefined : gone.get(text)?.shift();
    if (before) {
      moved.add(before);
      moved.add(line);
    }
  }
}

const runLength = 3;

function markMovedBetween(files: readonly FileChange[], moved: Set<DiffLine>): void {
  const gone = runs(files, '-');
  const fresh = runs(files, '+');
  for (const [text, lines] of gone) {
    const twins = fresh.get(text);
    if (!twins) continue;
    for (const line of [...lines, ...twins]) moved.add(line);
  }
}

/** Every run of three neighbouring lines of one sign, by its text. */
function runs(files: readonly FileChange[], sign: '+' | '-'): Map<string, DiffLine[]> {
  const found = new Map<string, DiffLine[]>();
  for (const file of files) {
    const lines = linesOf(file).filter((line) => line.sign === sign && line.text.trim() !== '');
    for (let i = 0; i + runLength <= lines.length; i += 1) {
      const run = lines.slice(i, i + runLength);
      if (!run.some(key)) continue;
      const text = run.map((line) => line.text.trim()).join('\n');
      found.set(text, [...(found.get(text) ?? []), ...run]);
    }
  }
  return found;
}
