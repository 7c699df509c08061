import { isProgram } from '../code/language.ts';
import type { CodeLine } from '../code/scanner.ts';
import { type Finding, finding, type Rule } from '../finding.ts';
import type { ReviewedFile, ReviewedHunk } from '../reviewed-file.ts';

const changed = 'concurrency-changed';
const locking =
  /\bsynchronized\b|\.(R?Lock|lock|acquire_lock|runExclusive|withLock)\s*\(|\bwith\s+[\w.]*lock\b|\bmutex\b|\bsemaphore\b|\bfor\s+update\b|\bvolatile\b|\bAtomic[A-Z]\w+/i;

/** Locks that are gone around code that stays, and loops that ran one after another and now run all at once. */
export const concurrencyChanged: Rule = {
  name: changed,
  check(file) {
    if (!isProgram(file.language) || file.isTest) return [];
    return file.hunks.flatMap((hunk) => [...locksLost(file, hunk), ...looseLoops(file, hunk)]);
  },
};

function locksLost(file: ReviewedFile, hunk: ReviewedHunk): Finding[] {
  const isLock = (line: CodeLine): boolean =>
    locking.test(line.code) && !/^\s*(import|from|using|package|#include)\b/.test(line.bare);
  const gone = hunk.before.filter((line) => line.isChanged && isLock(line));
  const has = hunk.after.filter(isLock).length;
  const had = hunk.before.filter(isLock).length;
  const first = gone[0];
  // A lock that goes together with what it guarded is no loss: some of the code that stood after it must have stayed.
  const guarded = first ? hunk.before.slice(hunk.before.indexOf(first) + 1) : [];
  const stays = guarded.some((line) => !line.isChanged && /[\w)]/.test(line.bare));
  if (!first || has >= had || !stays) return [];
  return [
    finding(
      changed,
      'medium',
      file,
      'A lock around this code is gone: what it kept apart can now happen at the same time.',
      [first.line],
    ),
  ];
}

function looseLoops(file: ReviewedFile, hunk: ReviewedHunk): Finding[] {
  if (file.language !== 'javascript') return [];
  const gone = hunk.before.filter((line) => line.isChanged);
  const wasInTurn =
    gone.some(({ bare }) => /\bfor\s*(await\s*)?\(/.test(bare)) && gone.some(({ bare }) => /\bawait\b/.test(bare));
  return hunk.after
    .filter((line) => line.isChanged)
    .flatMap((line) => {
      if (/\.forEach\(\s*async\b/.test(line.bare)) {
        return [
          finding(
            changed,
            'medium',
            file,
            '`forEach` does not wait for its async calls: they all run at once and their errors get lost.',
            [line.line],
          ),
        ];
      }
      if (wasInTurn && /\bPromise\.all(Settled)?\(/.test(line.bare)) {
        return [
          finding(
            changed,
            'medium',
            file,
            'Calls that ran one after another now all run at once, as many as there are items.',
            [line.line],
          ),
        ];
      }
      return [];
    });
}
