import { TimestampReader } from '../timestamps.ts';
import { clearDraft, type Draft, type Layout } from './draft.ts';
import { readFields } from './fields.ts';

const PAIR = /([A-Za-z_@][\w.@-]*)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g;
const MAX_PAIRS = 40;

/** `time=… level=error msg="…" err="…"`, as Go services write it. */
export class LogfmtLayout implements Layout {
  readonly name = 'logfmt';
  readonly #time: TimestampReader;

  constructor(newestMs: number) {
    this.#time = new TimestampReader(newestMs);
  }

  read(line: string, draft: Draft): boolean {
    clearDraft(draft);
    const hasLevel = line.includes('level=') || line.includes('lvl=') || line.includes('severity=');
    const hasRest =
      line.includes('msg=') || line.includes('message=') || line.includes('ts=') || line.includes('time=');
    if (!hasLevel || !hasRest) return false;
    const fields = pairsOf(line);
    return readFields(fields, this.#time, draft);
  }
}

function pairsOf(line: string): Record<string, string> {
  const fields: Record<string, string> = Object.create(null);
  let pairs = 0;
  for (const [, key, quoted, bare] of line.matchAll(PAIR)) {
    if (key !== undefined && !(key in fields)) fields[key] = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
    if (++pairs === MAX_PAIRS) break;
  }
  return fields;
}
