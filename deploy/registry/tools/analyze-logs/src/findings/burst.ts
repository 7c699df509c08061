/** A stretch of slots (both ends included) in which something happens far more often than elsewhere. */
export interface Burst {
  readonly from: number;
  readonly to: number;
  /** Records within. */
  readonly count: number;
  /** Rate within, divided by the rate outside (at least one record is assumed outside). */
  readonly ratio: number;
  /** Expected number within, at the rate outside. */
  readonly expected: number;
}

/**
 * The rule: of all windows of at most 80 % of the range, take the one that an even rate explains worst (Kulldorff's scan
 * statistic for Poisson counts). It is a burst if its log-likelihood ratio is at least 15 and its rate at least four times
 * that of the rest. 15 keeps chance out although up to 115,000 windows of some thousand templates are tried: e^-15 is 3 in
 * ten million. The one record that is assumed outside keeps few records from looking like a burst.
 */
const MIN_LOG_LIKELIHOOD_RATIO = 15;
const MIN_RATIO = 4;
const MAX_SHARE_OF_RANGE = 0.8;

/** @param from first slot that the log covers. @param to last one. */
export function findBurst(counts: Uint32Array, from: number, to: number): Burst | undefined {
  const slots = to - from + 1;
  if (slots < 5) return undefined;
  const sums = sumsOf(counts, from, to);
  const total = sums[slots] ?? 0;
  let best: Burst | undefined;
  let bestLikelihood = MIN_LOG_LIKELIHOOD_RATIO;
  const maxLength = Math.floor(slots * MAX_SHARE_OF_RANGE);
  for (let start = 0; start < slots; start++) {
    if (counts[from + start] === 0) continue;
    for (let end = start; end < Math.min(slots, start + maxLength); end++) {
      if (counts[from + end] === 0) continue;
      const count = (sums[end + 1] ?? 0) - (sums[start] ?? 0);
      const length = end - start + 1;
      const rateOutside = Math.max(total - count, 1) / (slots - length);
      const ratio = count / length / rateOutside;
      if (ratio < MIN_RATIO) continue;
      const likelihood = logLikelihoodRatio(count, total, length / slots);
      if (likelihood <= bestLikelihood) continue;
      bestLikelihood = likelihood;
      const expected = ((total - count) / (slots - length)) * length;
      best = { from: from + start, to: from + end, count, ratio, expected };
    }
  }
  return best;
}

function sumsOf(counts: Uint32Array, from: number, to: number): Float64Array {
  const sums = new Float64Array(to - from + 2);
  for (let slot = from; slot <= to; slot++) sums[slot - from + 1] = (sums[slot - from] ?? 0) + (counts[slot] ?? 0);
  return sums;
}

/** How much better two rates (within and outside a window of that share of the range) explain the counts than one. */
function logLikelihoodRatio(within: number, total: number, share: number): number {
  const expected = total * share;
  if (within <= expected) return 0;
  const outside = total - within;
  return within * Math.log(within / expected) + (outside === 0 ? 0 : outside * Math.log(outside / (total - expected)));
}
