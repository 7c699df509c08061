import { type Call, callsOf } from '../code/call.ts';
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
  return hunk.after.flatMap((line, index) => {
    if (!line.isChanged) return [];
    return callsOf(line.bare)
      .filter((call) => !call.isAwaited && !becameSync.has(call.name))
      .flatMap((call) => {
        const old = hunk.before.find((before) => before.isChanged && awaits(before, call));
        if (!old || hunk.before.some((before) => callsWithoutAwait(before, call))) return [];
        if (isTakenCareOf(hunk.after, index, call)) return [];
        const message = `\`${call.callee}(…)\` was awaited and no longer is: what follows runs before it is done, and its errors get lost.`;
        return [finding(awaitDropped.name, 'high', file, message, [line.line, old.line])];
      });
  });
}

const awaits = (line: CodeLine, { callee }: Call): boolean =>
  callsOf(line.bare).some((call) => call.isAwaited && call.callee === callee);

const callsWithoutAwait = (line: CodeLine, { callee }: Call): boolean =>
  callsOf(line.bare).some((call) => !call.isAwaited && call.callee === callee);

/** Returned, chained, gathered, or kept in a name that is awaited later; or an `await` stands at the end of the line before. */
function isTakenCareOf(lines: readonly CodeLine[], index: number, call: Call): boolean {
  const bare = lines[index]?.bare ?? '';
  const near = lines.slice(Math.max(0, index - 4), index + 5).map((line) => line.bare);
  if (
    new RegExp(`(return|yield|void|=>|await)\\s+(\\w+\\s*=\\s*)?${call.callee.replace(/[.$]/g, '\\$&')}\\s*\\(`).test(
      bare,
    )
  )
    return true;
  if (
    /\b(gather|create_task|ensure_future|asyncio\.run|Promise\.(all|allSettled|race|any)|waitUntil)\b/.test(
      near.join(' '),
    )
  )
    return true;
  if (/\)\s*\.(then|catch|finally)\(/.test(bare) || /^\s*\.(then|catch|finally)\(/.test(lines[index + 1]?.bare ?? ''))
    return true;
  if (/\bawait\s*\(?\s*$/.test(lines[index - 1]?.bare ?? '')) return true;
  const kept = /([\w$]+)\s*=\s*[^=]/.exec(bare)?.[1];
  return (
    kept !== undefined &&
    lines.some(({ bare: text }) => new RegExp(`\\bawait\\b[^;]*\\b${kept}\\b|\\breturn\\s+${kept}\\b`).test(text))
  );
}

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
