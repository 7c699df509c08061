import { blocksOf, isCleanup } from '../code/block.ts';
import { isProgram } from '../code/language.ts';
import type { CodeLine } from '../code/scanner.ts';
import { type Finding, finding, type Rule } from '../finding.ts';
import type { ReviewedFile, ReviewedHunk } from '../reviewed-file.ts';

/** `const x = await pool.acquire(`, `conn, err := db.Conn(`, `x = open(`: something that must be given back. */
const taking =
  /^\s*(?:const|let|var|final)?\s*(?:[\w.<>]+\s+)?([A-Za-z_$][\w$]*)(?:\s*,\s*\w+)?\s*:?=\s*(?:await\s+)?(?:[\w$.]+\.(?:acquire|getConnection|getconn|checkout_connection|getResource|Conn|Begin|BeginTx|beginTransaction)|[\w$.]*(?:pool|Pool)\w*\.(?:connect|acquire|get)|open|os\.Open|os\.Create|fs\.open|openSync|fs\.openSync|new\s+File(?:Input|Output)Stream)\s*\(/;

/** A resource that is newly taken in a block whose end is in sight, without anything there that gives it back. */
export const acquiredForGood: Rule = {
  name: 'never-released',
  check(file) {
    return isProgram(file.language) && !file.isTest ? file.hunks.flatMap((hunk) => checkHunk(file, hunk)) : [];
  },
};

function checkHunk(file: ReviewedFile, hunk: ReviewedHunk): Finding[] {
  const blocks = blocksOf(hunk.after, file.language);
  return hunk.after.flatMap((line, index) => {
    const name = line.isChanged ? taking.exec(line.bare)?.[1] : undefined;
    const around = blocks[index] ?? [];
    const home = around.findLast((block) => block.kind === 'function' || block.kind === 'try');
    if (!name || !home?.isClosed || isCleanup(line, around)) return [];
    if (!isForgotten(name, hunk.after.slice(index + 1, home.to + 1))) return [];
    const message = `\`${name}\` is taken here, and nothing up to the end of its block gives it back.`;
    return [finding(acquiredForGood.name, 'medium', file, message, [line.line])];
  });
}

/** Given back, passed on whole, returned, stored or managed by a `with`: then it is not forgotten. */
const isForgotten = (name: string, rest: readonly CodeLine[]): boolean => {
  const kept = new RegExp(
    `\\b${name}\\??\\.(release|close|end|unlock|Close|Release|Rollback|Commit|commit|rollback|destroy|dispose)\\b|[(,\\s]${name}\\s*[,)\\]}]|return\\b.*\\b${name}\\b|=\\s*${name}\\b|\\bwith\\s.*\\b${name}\\b`,
  );
  return !rest.some(({ bare }) => kept.test(bare));
};
