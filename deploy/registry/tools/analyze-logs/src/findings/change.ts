import type { Place } from '../axis.ts';
import { type Burst, findBurst } from './burst.ts';
import type { Coverage } from './coverage.ts';
import { isTrouble, type Subject } from './subject.ts';

/** How a subject's frequency changes within the log. */
export type Change =
  | { readonly kind: 'new'; readonly since: Place; readonly isOngoing: boolean; readonly burst: Burst | undefined }
  | { readonly kind: 'burst'; readonly since: Place; readonly isOngoing: boolean; readonly burst: Burst }
  | { readonly kind: 'stopped'; readonly since: Place };

/** A log must have run for a while without a message before the message can be called new. */
const MIN_RECORDS_BEFORE = 10;
const MIN_SHARE_BEFORE = 0.1;

/** The most telling change: something new, then a burst, then something that stopped; undefined if it goes on evenly. */
export function changeOf(subject: Subject, coverage: Coverage): Change | undefined {
  const { first } = subject.track;
  if (first === undefined || coverage.to <= coverage.from) return undefined;
  const counts = subject.track.histogram.counts();
  const isBad = isTrouble(subject);
  const burst = subject.count >= (isBad ? 5 : 30) ? findBurst(counts, coverage.fromSlot, coverage.toSlot) : undefined;
  if (isNew(subject, first, counts, coverage, isBad)) {
    const since = onsetOf(subject, first, burst, coverage);
    return { kind: 'new', since, isOngoing: lastsToTheEnd(subject, coverage), burst };
  }
  // What was regular and ends is told as such, not as a burst that lasts from the beginning to there.
  const stopped = hasStopped(subject, first, coverage);
  if (burst !== undefined && !stopped) {
    const since = subject.track.histogram.firstIn(burst.from, burst.to) ?? first;
    const isOngoing = burst.to >= coverage.toSlot - Math.ceil((coverage.toSlot - coverage.fromSlot) * 0.02);
    return { kind: 'burst', since, isOngoing, burst };
  }
  return stopped ? { kind: 'stopped', since: lastPlace(subject) } : undefined;
}

/** Where it really sets in: a single failure long before (while a server restarts, say) is no onset. */
function onsetOf({ count, track }: Subject, first: Place, burst: Burst | undefined, coverage: Coverage): Place {
  if (burst === undefined || burst.count < count * 0.9 || burst.from - coverage.slotOf(first.at) < 3) return first;
  return track.histogram.firstIn(burst.from, burst.to) ?? first;
}

/**
 * New: the log ran for at least a tenth of its time or records (and ten records) without it. For what is no trouble,
 * chance must be excluded as well: if it were spread evenly over the log, all its occurrences would have missed the
 * first part with a probability below one in a thousand, counting each bucket once since messages come in clumps.
 */
function isNew(subject: Subject, first: Place, counts: Uint32Array, coverage: Coverage, isBad: boolean): boolean {
  if (subject.isReturning) return false;
  const before = sum(coverage.counts, coverage.fromSlot, coverage.slotOf(first.at) - 1);
  if (before < MIN_RECORDS_BEFORE) return false;
  const share = Math.max((first.at - coverage.from) / (coverage.to - coverage.from), before / coverage.total);
  if (share < MIN_SHARE_BEFORE) return false;
  if (isBad) return true;
  const buckets = counts.reduce((occupied, count) => occupied + (count > 0 ? 1 : 0), 0);
  return subject.count >= 20 && (1 - share) ** buckets < 0.001;
}

function lastsToTheEnd(subject: Subject, coverage: Coverage): boolean {
  const { first, lastAt } = subject.track;
  const usualGap = first === undefined ? 0 : (lastAt - first.at) / Math.max(subject.count - 1, 1);
  return coverage.to - lastAt <= Math.max(usualGap * 3, (coverage.to - coverage.from) * 0.02);
}

/**
 * Stopped: it occurred from the log's beginning on (its first fifth at least) and for a fifth of the log or longer, and
 * then no more during the last tenth or longer, although the log went on; and that silence is at least three times as long
 * as any before.
 */
function hasStopped(subject: Subject, first: Place, coverage: Coverage): boolean {
  const { lastAt } = subject.track;
  const range = coverage.to - coverage.from;
  const silence = coverage.to - lastAt;
  if (subject.count < 20 || silence < range * 0.1 || lastAt - first.at < range * 0.2) return false;
  if (first.at - coverage.from > range * 0.2) return false;
  const lastSlot = coverage.slotOf(lastAt);
  if (sum(coverage.counts, lastSlot + 1, coverage.toSlot) < 30) return false;
  const counts = subject.track.histogram.counts();
  let longest = 0;
  let gap = 0;
  for (let slot = coverage.slotOf(first.at); slot <= lastSlot; slot++) {
    gap = (counts[slot] ?? 0) > 0 ? 0 : gap + 1;
    longest = Math.max(longest, gap);
  }
  return coverage.toSlot - lastSlot >= 3 * longest;
}

const lastPlace = ({ track }: Subject): Place => ({ file: track.lastFile, line: track.lastLine, at: track.lastAt });

function sum(counts: Uint32Array, from: number, to: number): number {
  let total = 0;
  for (let slot = Math.max(from, 0); slot <= to; slot++) total += counts[slot] ?? 0;
  return total;
}
