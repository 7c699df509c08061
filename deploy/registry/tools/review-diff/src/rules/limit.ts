import { isProgram, isSettings } from '../code/language.ts';
import { settingName } from '../code/setting.ts';
import { type Finding, finding, type Rule, type Severity } from '../finding.ts';
import type { ReviewedFile, ReviewedHunk, Rewrite } from '../reviewed-file.ts';
import { formatQuantity, type Quantity, quantitiesOf } from './quantity.ts';

const waiting =
  /time_?outs?|deadline|ttl|expir|keep_?alive|idle|wait|lease|debounce|interval|delay|back_?off|cool_?down/i;
const repeating = /retr(y|ies)|attempts?|redeliver/i;
const capacity =
  /pool|max|min(?![a-z])|limit|capacity|concurren|parallel|workers?|threads?|replicas?|connections?|conns?|queue|buffer|batch|rate|quota|memory|cpu|heap|burst|throttle|threshold|prefetch|backlog|in_?flight/i;

/** Timeouts, retries, pool sizes and other limits whose number changed: before and after, with what that does. */
export const limitChanged: Rule = {
  name: 'limit-changed',
  check(file) {
    if (file.isTest || !(isProgram(file.language) || isSettings(file.language))) return [];
    return file.hunks.flatMap((hunk) => hunk.rewritten.flatMap((rewrite) => compare(file, hunk, rewrite)));
  },
};

function compare(file: ReviewedFile, hunk: ReviewedHunk, { before, after }: Rewrite): Finding[] {
  const name = settingName(hunk.after, after, file.language);
  const olds = quantitiesOf(before.code, name);
  const news = quantitiesOf(after.code, name);
  if (olds.length !== news.length || olds.length > 3) return [];
  return olds.flatMap((old, i) => {
    const fresh = news[i];
    const label = fresh && labelOf(name, fresh, after.bare);
    if (!fresh || old.base === fresh.base || label === undefined) return [];
    const what = `\`${label}\` goes from ${formatQuantity(old)} to ${formatQuantity(fresh)}`;
    const { severity, effect } = judge(label, old, fresh);
    return [finding(limitChanged.name, severity, file, `${what}: ${effect}.`, [after.line, before.line])];
  });
}

/** What names the limit: the setting, the key right before the number, or, for time and retries, the line as a whole. */
function labelOf(name: string | undefined, { key }: Quantity, bare: string): string | undefined {
  const isLimit = (text: string): boolean => waiting.test(text) || repeating.test(text) || capacity.test(text);
  if (name !== undefined && isLimit(name)) return name;
  if (key !== undefined && isLimit(key) && !/^Math\./.test(key)) return key;
  return waiting.test(bare) || repeating.test(bare) ? bare.trim() : undefined;
}

/** A limit that falls to half or less, or grows tenfold, deserves a question; a lesser step is good to know. */
function judge(subject: string, old: Quantity, fresh: Quantity): { severity: Severity; effect: string } {
  const ratio = old.base === 0 ? Number.POSITIVE_INFINITY : fresh.base / old.base;
  const isDrastic = ratio <= 0.5 || ratio >= 10;
  const percent = `${Math.round(ratio * 100)} % of before`;
  if (repeating.test(subject)) {
    if (fresh.base === 0) return { severity: 'medium', effect: 'a failure is not tried again any more' };
    if (ratio < 1) return { severity: isDrastic ? 'medium' : 'low', effect: 'passing faults are forgiven less often' };
    return { severity: ratio >= 3 ? 'medium' : 'low', effect: 'a struggling dependency gets more load from retries' };
  }
  if (waiting.test(subject)) {
    if (fresh.base === 0)
      return { severity: 'medium', effect: 'zero means at once or never, depending on the library' };
    if (ratio < 1)
      return { severity: isDrastic ? 'medium' : 'low', effect: `what takes longer now fails (${percent})` };
    return {
      severity: isDrastic ? 'medium' : 'low',
      effect: 'what hangs is noticed later and holds its resources longer',
    };
  }
  if (fresh.base === 0) return { severity: 'medium', effect: 'zero means none or unlimited, depending on the library' };
  if (ratio < 1) return { severity: isDrastic ? 'medium' : 'low', effect: `less fits in (${percent})` };
  return { severity: isDrastic ? 'medium' : 'low', effect: 'more load reaches what stands behind it' };
}
