import { type Draft, type Layout, newDraft } from './draft.ts';
import { JsonLinesLayout } from './json-lines.ts';
import { KlogLayout } from './klog.ts';
import { LevelledLayout } from './levelled.ts';
import { LogfmtLayout } from './logfmt.ts';
import { StampedLayout } from './stamped.ts';

/** How the lines of one file are read: the layout that fits most of them, then the others. */
export interface FileFormat {
  /** For people: `syslog`, `JSON lines`, `text without times`. */
  readonly name: string;
  /** True if lines that no layout recognises belong to the record above them. */
  readonly hasHeads: boolean;
  /** True if the lines that begin records are indented themselves. */
  readonly isIndented: boolean;
  /** True if no timestamp of the sample leaves out its year or its date. */
  readonly hasFullDates: boolean;
  /** The first and the latest time in the sample; NaN without times, the first also where they are too rare to rely on. */
  readonly firstMs: number;
  readonly latestMs: number;
  /** Minutes east of UTC that the first timestamp names; NaN if it names none. */
  readonly zone: number;
  /** Layouts in the order in which they are tried. */
  readonly layouts: readonly Layout[];
}

/** Specific layouts come first: a JSON line with a time in it is JSON, not text with a time. */
const layoutsFor = (newestMs: number): Layout[] => [
  new JsonLinesLayout(newestMs),
  new KlogLayout(newestMs),
  new LogfmtLayout(newestMs),
  new StampedLayout(newestMs),
  new LevelledLayout(),
];

const UNTIMED = 'text without times';
const MIN_TIMED_SHARE = 0.05;

/**
 * Judges a file by its first lines.
 * @param newestMs the latest moment that a timestamp without year or date may mean.
 */
export function detectFormat(sample: readonly string[], newestMs: number): FileFormat {
  const layouts = layoutsFor(newestMs);
  const counts = new Map<string, number>();
  const votes = layouts.map(() => 0);
  const draft = newDraft();
  let heads = 0;
  let others = 0;
  let timed = 0;
  let indented = 0;
  let firstMs = Number.NaN;
  let latestMs = Number.NaN;
  let zone = Number.NaN;
  let hasFullDates = true;
  for (const line of sample) {
    if (line.trim() === '') continue;
    const index = layouts.findIndex((layout) => layout.read(line, draft));
    const layout = layouts[index];
    if (layout === undefined) {
      if (!isIndented(line)) others++;
      continue;
    }
    heads++;
    if (isIndented(line)) indented++;
    votes[index] = (votes[index] ?? 0) + 1;
    counts.set(layout.name, (counts.get(layout.name) ?? 0) + 1);
    if (Number.isNaN(draft.ms)) continue;
    timed++;
    if (draft.assumed !== 'nothing') hasFullDates = false;
    if (Number.isNaN(firstMs)) firstMs = draft.ms;
    if (!(draft.ms <= latestMs)) latestMs = draft.ms;
    if (Number.isNaN(zone)) zone = draft.zone;
  }
  const common = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? UNTIMED;
  const order = layouts.map((_, index) => index).sort((a, b) => (votes[b] ?? 0) - (votes[a] ?? 0));
  const fresh = layoutsFor(newestMs);
  const ordered = order.flatMap((index) => fresh[index] ?? []);
  // A time here and there, as at the start of each run, does not tell when the many lines between were written.
  const isRare = timed < (heads + others) * MIN_TIMED_SHARE;
  if (isRare) firstMs = Number.NaN;
  const name = isRare && timed > 0 ? UNTIMED : common;
  const hasHeads = heads > 0 && heads >= others;
  return { name, hasHeads, isIndented: indented * 2 > heads, hasFullDates, firstMs, latestMs, zone, layouts: ordered };
}

/** Tries the layouts in order. @returns false for a line that begins no record of a known layout. */
export function readLine(format: FileFormat, line: string, draft: Draft): boolean {
  for (const layout of format.layouts) if (layout.read(line, draft)) return true;
  return false;
}

export function isIndented(line: string): boolean {
  const first = line.charCodeAt(0);
  return first === 32 || first === 9;
}
