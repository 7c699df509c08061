import type { Tally } from '../tally.ts';

/** The part of the axis in which a template could have occurred: what the logs that contain it cover. */
export interface Coverage {
  readonly from: number;
  readonly to: number;
  readonly fromSlot: number;
  readonly toSlot: number;
  /** All records of these logs, by slot. */
  readonly counts: Uint32Array;
  readonly total: number;
  readonly slotOf: (at: number) => number;
}

/**
 * The log that a file is a part of: `app.log`, `app.log.1`, `app-2026-03-01.log.gz` are parts of one, so that nothing is
 * new in one of them that an older one has already seen.
 */
const streamOf = (name: string): string =>
  name
    .replace(/ \(\d+\)$/, '')
    .replace(/\.gz$/i, '')
    .replace(/[-_.]?\d[\d\-_.T:]*/g, '')
    .replace(/\.(?:old|prev|bak)$/i, '')
    .toLowerCase();

/** Answers the coverage of a set of files (one bit each); remembers what it answered. */
export function coverageOf(tally: Tally, names: readonly string[]): (files: number) => Coverage {
  const streams = names.map(streamOf);
  const known = new Map<number, Coverage>();
  const measure = (files: number): Coverage => {
    const wanted = new Set(streams.filter((_, index) => files & (1 << index)));
    const counts = new Uint32Array(tally.axis.size);
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    for (const [file, range] of tally.files) {
      if (!wanted.has(streams[file] ?? '')) continue;
      from = Math.min(from, range.from);
      to = Math.max(to, range.to);
      for (const [slot, count] of range.histogram.counts().entries()) counts[slot] = (counts[slot] ?? 0) + count;
    }
    const total = counts.reduce((sum, count) => sum + count, 0);
    const slotOf = (at: number) => tally.axis.slotOf(at);
    return { from, to, fromSlot: slotOf(from), toSlot: slotOf(to), counts, total, slotOf };
  };
  return (files) => {
    let coverage = known.get(files);
    if (coverage === undefined) {
      coverage = measure(files);
      known.set(files, coverage);
    }
    return coverage;
  };
}
