import { widthFor } from './axis.ts';
import type { Severity } from './severity.ts';
import type { Tally } from './tally.ts';

const MAX_ROWS = 24;

export interface TimelineRow extends Record<Severity, number> {
  readonly from: string;
  readonly to: string;
}

/** Records of each severity in up to 24 equal stretches that begin at round times; the last ends where the log does. */
export function timelineOf(tally: Tally, say: (value: number) => string): TimelineRow[] {
  const { axis } = tally;
  if (tally.records === 0) return [];
  const width = widthFor(axis.from, axis.to, MAX_ROWS, axis.width);
  const step = width / axis.width;
  const rows: TimelineRow[] = [];
  // Rows begin at multiples of their width, slots at multiples of theirs.
  const firstSlot = Math.floor(axis.from / width) * step - axis.base;
  for (let slot = firstSlot; slot < axis.size; slot += step) {
    const from = Math.max(axis.startOf(slot), axis.from);
    const to = Math.min(axis.startOf(slot + step), axis.to);
    rows.push({ from: say(from), to: say(to), ...tally.severitiesIn(Math.max(slot, 0), slot + step - 1) });
  }
  return rows;
}
