import { type Block, blocksOf, isCleanup } from '../code/block.ts';
import { isProgram } from '../code/language.ts';
import type { CodeLine } from '../code/scanner.ts';
import type { DiffLine } from '../diff/diff.ts';
import { type Finding, finding, type Rule } from '../finding.ts';
import type { ReviewedFile, ReviewedHunk } from '../reviewed-file.ts';

const releasing =
  /^(release|close|closeSync|end|unlock|RUnlock|disconnect|dispose|destroy|free|rollback|shutdown|putconn|Close|Unlock|Release|Rollback)$/;

/** One call that gives something back. */
interface Release {
  readonly line: CodeLine;
  readonly index: number;
  /** What is given back, as the code names it: `pool.release(connection)` gives back `connection`, `file.close()` `file`. */
  readonly what: string;
  readonly callee: string;
  readonly isCleanup: boolean;
  readonly around: readonly Block[];
}

/**
 * A resource that was given back on every way out, and now is not: its release left `finally` (defer, with, using), was
 * put under a condition, or is gone while the resource is still used.
 */
export const releaseLost: Rule = {
  name: 'release-lost',
  check(file) {
    return isProgram(file.language) ? file.hunks.flatMap((hunk) => checkHunk(file, hunk)) : [];
  },
};

function checkHunk(file: ReviewedFile, hunk: ReviewedHunk): Finding[] {
  const before = releasesOf(hunk.before, file);
  const after = releasesOf(hunk.after, file);
  const findings: Finding[] = [];
  for (const what of new Set(before.map((release) => release.what))) {
    const then = before.filter((release) => release.what === what);
    const now = after.filter((release) => release.what === what);
    const message = judge(what, then, now, hunk);
    if (message === undefined) continue;
    const lines = proofOf(what, then, now, hunk);
    if (lines) findings.push(finding(releaseLost.name, 'high', file, message, lines));
  }
  return [...findings, ...unmanaged(file, hunk, after)];
}

/** `with`, `using` or try-with-resources gave it back by itself; now it is taken without. */
function unmanaged(file: ReviewedFile, hunk: ReviewedHunk, after: readonly Release[]): Finding[] {
  return hunk.before.flatMap((old) => {
    const what = old.isChanged ? managed.exec(old.bare)?.slice(1).find(Boolean) : undefined;
    const taken = what === undefined ? undefined : hunk.after.find((line) => line.isChanged && takes(line.bare, what));
    if (what === undefined || !taken || isManaged(hunk, what)) return [];
    if (after.some((release) => release.what === what && release.isCleanup)) return [];
    const message = `The language itself gave \`${what}\` back on every way out; now nothing does, at least not when something fails.`;
    return [finding(releaseLost.name, 'high', file, message, [taken.line, old.line])];
  });
}

const managed = /\bwith\b.*\bas\s+(\w+)|\busing\s+(?:\w+\s+)?(\w+)\s*=|\btry\s*\((?:.*[\s(])?(\w+)\s*=/;

function judge(what: string, then: Release[], now: Release[], hunk: ReviewedHunk): string | undefined {
  const uses = hunk.after.filter((line) => mentions(line.bare, what) && !now.some((release) => release.line === line));
  if (
    uses.length === 0 ||
    isHandedOver(uses, what) ||
    isManaged(hunk, what) ||
    now.some((release) => release.isCleanup)
  )
    return undefined;
  const call = `\`${(then.find((release) => release.isCleanup) ?? then[0])?.callee}(…)\``;
  if (now.length === 0) {
    const isVisible = then.some((release) => release.line.isChanged);
    return isVisible
      ? `\`${what}\` is still taken, but ${call}, which gave it back, is gone: it is never given back.`
      : undefined;
  }
  if (then.some((release) => release.isCleanup)) {
    const risk = riskBetween(what, now, hunk);
    const reason = risk ? `when \`${risk}(…)\` in between fails, ` : 'when anything in between fails, ';
    return `${call} ran on every way out (\`finally\` or its like); now it runs only on success: ${reason}\`${what}\` is never given back, until none is left.`;
  }
  const wasPlain = then.some((release) => !isConditional(release));
  if (wasPlain && now.every(isConditional))
    return `${call} now runs only under a condition; on the other ways \`${what}\` is never given back.`;
  return undefined;
}

/** The first call after the resource was taken, and before it is given back, that may fail: an awaited one before others. */
function riskBetween(what: string, now: readonly Release[], hunk: ReviewedHunk): string | undefined {
  const last = Math.max(...now.map((release) => release.index));
  const from = hunk.after.findIndex((line) => takes(line.bare, what));
  const calls = hunk.after.slice(from + 1, last).flatMap((line) => line.calls);
  const others = calls.filter((call) => !releasing.test(call.name));
  return (others.find((call) => call.isAwaited) ?? others[0])?.callee;
}

/** Shows how it was, how it is, where the resource is taken and what may fail; the new release first. */
function proofOf(
  what: string,
  then: Release[],
  now: Release[],
  hunk: ReviewedHunk,
): [DiffLine, ...DiffLine[]] | undefined {
  const cleanup = then.find((release) => release.isCleanup);
  const opener = cleanup?.around.find((block) => block.kind === 'cleanup');
  const risk = riskBetween(what, now, hunk);
  const shown = [
    now.find((release) => release.line.line.sign === '+')?.line,
    then.find((release) => release.line.line.sign === '-')?.line,
    opener ? hunk.before[opener.from] : undefined,
    hunk.after.find((line) => takes(line.bare, what)),
    risk && now.length > 0 ? hunk.after.find((line) => line.bare.includes(`${risk}(`)) : undefined,
    cleanup?.line,
  ].flatMap((line) => (line ? [line.line] : []));
  // A line of the old side also stands in the new one when it is context: show each line of the diff once.
  const unique = [...new Map(shown.map((line) => [line.at, line])).values()];
  const [first, ...rest] = unique;
  return first && unique.some((line) => line.sign !== ' ') ? [first, ...rest] : undefined;
}

function releasesOf(lines: readonly CodeLine[], file: ReviewedFile): Release[] {
  const blocks = blocksOf(lines, file.language);
  return lines.flatMap((line, index) =>
    line.calls
      .filter((call) => releasing.test(call.name))
      .flatMap(({ callee }) => {
        const around = blocks[index] ?? [];
        const what = givenBack(line.bare, callee);
        return what ? [{ line, index, what, callee, around, isCleanup: isCleanup(line, around) }] : [];
      }),
  );
}

/** The argument if it is a plain name, else what the call is made on. */
function givenBack(bare: string, callee: string): string | undefined {
  const argument = bare.slice(bare.indexOf(`${callee}(`) + callee.length + 1);
  const name = /^\s*([A-Za-z_$][\w$.]*)\s*[,)]/.exec(argument)?.[1];
  const receiver = callee.split('.').slice(0, -1).join('.');
  return name ?? (receiver === '' || receiver === 'this' ? undefined : receiver);
}

const isConditional = ({ around }: Release): boolean =>
  around.some((block) => block.kind === 'branch' || block.kind === 'catch');

const escaped = (name: string): string => name.replace(/[.$]/g, '\\$&');
const mentions = (bare: string, name: string): boolean =>
  new RegExp(`(?<![\\w$.])${escaped(name)}(?![\\w$])`).test(bare);
const takes = (bare: string, name: string): boolean =>
  new RegExp(`(?<![\\w$.])${escaped(name)}\\b[^=]*:?=(?![=>])`).test(bare);

/** `with … as x`, `using x =`, `try (x = …)`: the language itself gives it back. */
const isManaged = ({ after }: ReviewedHunk, what: string): boolean => {
  const name = escaped(what);
  const managed = new RegExp(`\\bwith\\b.*\\bas\\s+${name}\\b|\\busing\\s+${name}\\b|\\btry\\s*\\(.*\\b${name}\\s*=`);
  return after.some(({ bare }) => managed.test(bare));
};

/** Returned or stored, the resource is somebody else's to give back. */
const isHandedOver = (uses: readonly CodeLine[], what: string): boolean =>
  uses.some(({ bare }) =>
    new RegExp(`\\breturn\\s+${escaped(what)}\\s*;?\\s*$|this\\.\\w+\\s*=\\s*${escaped(what)}\\s*;?$`).test(bare),
  );
