import { severityOfLetter } from '../severity.ts';
import { TimestampReader } from '../timestamps.ts';
import { clearDraft, type Draft, type Layout } from './draft.ts';

const SOURCE = /\s+\d+ ([\w.\-/]+):\d+\] ?/y;

/** Google's glog and Kubernetes' klog: `E1121 15:18:00.123456    1234 proxy.go:12] message`. */
export class KlogLayout implements Layout {
  readonly name = 'klog';
  readonly #time: TimestampReader;

  constructor(newestMs: number) {
    this.#time = new TimestampReader(newestMs);
  }

  read(line: string, draft: Draft): boolean {
    clearDraft(draft);
    const level = severityOfLetter(line[0] ?? '');
    const second = line.charCodeAt(1);
    if (level === undefined || second < 48 || second > 57) return false;
    const end = this.#time.readAt(line, 1);
    if (end === -1) return false;
    SOURCE.lastIndex = end;
    const source = SOURCE.exec(line);
    if (source === null) return false;
    draft.ms = this.#time.ms;
    draft.assumed = this.#time.assumed;
    draft.level = level;
    draft.message = `${source[1]}: ${line.slice(end + source[0].length)}`;
    return true;
  }
}
