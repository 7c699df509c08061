import type { Severity } from '../severity.ts';
import type { Assumed } from '../timestamps.ts';

/** A request and the status that answered it. */
export interface HttpExchange {
  method: string;
  /** As logged, with query. */
  path: string;
  status: number;
}

/** What a layout read from one line. One draft is used for many lines: `clear` it first. */
export interface Draft {
  /** Milliseconds since 1970; NaN without a timestamp. */
  ms: number;
  /** Minutes east of UTC; NaN where the log names no zone. */
  zone: number;
  assumed: Assumed;
  /** The level that the line states; undefined if it states none. */
  level: Severity | undefined;
  /** What is left once time, level, host and process id are taken off. */
  message: string;
  http: HttpExchange | undefined;
}

export const newDraft = (): Draft => ({
  ms: Number.NaN,
  zone: Number.NaN,
  assumed: 'nothing',
  level: undefined,
  message: '',
  http: undefined,
});

export function clearDraft(draft: Draft): void {
  draft.ms = Number.NaN;
  draft.zone = Number.NaN;
  draft.assumed = 'nothing';
  draft.level = undefined;
  draft.message = '';
  draft.http = undefined;
}

/** A way to read lines of one file; it may learn from line to line. */
export interface Layout {
  /** What people call the format of the lines read so far. */
  readonly name: string;
  /** Fills the draft and returns true if the line begins a record in this layout; otherwise leaves it cleared. */
  read(line: string, draft: Draft): boolean;
}
