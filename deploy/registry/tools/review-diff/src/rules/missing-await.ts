import type { Call } from '../code/call.ts';
import type { CodeLine } from '../code/scanner.ts';
import { type Finding, finding, type Rule } from '../finding.ts';
import type { ReviewedFile, ReviewedHunk } from '../reviewed-file.ts';

/** A call that was awaited and now is not: its errors get lost, and what follows runs before it is done. */
export const awaitDropped: Rule = {
  name: 'await-dropped',
  check(file) {
    if (file.language !== 'javascript' && file.language !== 'python') return [];
    const becameSync = namesThatBecameSync(file);
    return file.hunks.flatMap((hunk) => checkHunk(file, hunk, becameSync));
  },
};

function checkHunk(file: ReviewedFile, hunk: ReviewedHunk, becameSync: ReadonlySet<string>): Finding[] {
  const awaited = new Map<string, CodeLine>();
  const never = new Set<string>();
  for (const line of hunk.before) {
    for (const call of line.calls) {
      if (!call.isAwaited) never.add(call.callee);
      else if (line.isChanged) awaited.set(call.callee, line);
    }
  }
  if (awaited.size === 0) return [];
  return hunk.after.flatMap((line, index) =>
    (line.isChanged ? line.calls : []).flatMap((call) => {
      const old =
        call.isAwaited || never.has(call.callee) || becameSync.has(call.name) ? undefined : awaited.get(call.callee);
      if (!old || isTakenCareOf(hunk.after, index, call)) return [];
      const message = `\`${call.callee}(…)\` was awaited and no longer is: what follows runs before it is done, and its errors get lost.`;
      return [finding(awaitDropped.name, 'high', file, message, [line.line, old.line])];
    }),
  );
}

/** Returned, chained, gathered, or kept in a name that is awaited later; or an `await` stands at the end of the line before. */
function isTakenCareOf(lines: readonly CodeLine[], index: number, { callee }: Call): boolean {
  const at = (offset: number): string => lines[index + offset]?.bare ?? '';
  const near = lines.slice(Math.max(0, index - 4), index + 5).map(({ bare }) => bare);
  const name = callee.replace(/[.$]/g, '\\$&');
  const kept = /([\w$]+)\s*=\s*[^=]/.exec(at(0))?.[1];
  return (
    new RegExp(`(return|yield|void|=>|await)\\s+(\\w+\\s*=\\s*)?${name}\\s*\\(`).test(at(0)) ||
    gathering.test(near.join(' ')) ||
    /\)\s*\.(then|catch|finally)\(/.test(at(0)) ||
    /^\s*\.(then|catch|finally)\(/.test(at(1)) ||
    /\bawait\s*\(?\s*$/.test(at(-1)) ||
    (kept !== undefined &&
      lines.some(({ bare }) =>
        new RegExp(`\\b(await\\b[^;]*|return\\s+)\\b${kept.replaceAll('$', '\\$')}(?![\\w$])`).test(bare),
      ))
  );
}

const gathering = /\b(gather|create_task|ensure_future|asyncio\.run|Promise\.(all|allSettled|race|any)|waitUntil)\b/;

/** Functions whose definition loses its `async` in the same change need no `await` any more. */
function namesThatBecameSync(file: ReviewedFile): Set<string> {
  const names = (lines: readonly CodeLine[], pattern: RegExp): string[] =>
    lines.flatMap(({ bare }) => [...bare.matchAll(pattern)].map((match) => match[1] ?? ''));
  const before = file.hunks.flatMap((hunk) => hunk.before.filter((line) => line.isChanged));
  const after = file.hunks.flatMap((hunk) => hunk.after);
  const definedAsync = /\basync\s+(?:function\s+|def\s+)?\*?([\w$]+)\s*[(=]/g;
  const stillAsync = new Set(names(after, definedAsync));
  return new Set(names(before, definedAsync).filter((name) => !stillAsync.has(name)));
}
