import { severityOfLetter, severityOfSyslog } from '../severity.ts';
import { TimestampReader } from '../timestamps.ts';
import { clearDraft, type Draft, type Layout } from './draft.ts';
import { readHeader, wordsOf } from './header.ts';

const PRIORITY = /<(\d{1,3})>(?:1 )?/y;
const SYSLOG_TAG = /\s*(\S+) ([A-Za-z][\w./@-]*(?:\([^)]*\))?)(\[\d+\])?: ?/y;
const SYSLOG_HOST = /\s*\S+ /y;
const RFC5424 = /\s*\S+ (\S+) \S+ \S+ (?:-|(?:\[[^\]]*\])+) ?/y;
const LOGCAT = /\s+\d+\s+\d+ ([VDIWEF]) /y;
const CONTAINER = /\s*std(?:out|err) [FP] /y;
const NGINX_ERROR = /^\d{4}\/\d\d\/\d\d [\d:]+ \[\w+\] \d+#\d+:/;
const LOG4J = /^\S* ?[\d:]+[,.]\d{3} (?![A-Z]{3,4} \[).{0,80}\b(?:ERROR|WARN|INFO|DEBUG|TRACE|FATAL)\b/;

/** Lines with a timestamp at or near their beginning; what stands around it decides how the rest is read. */
export class StampedLayout implements Layout {
  name = 'timestamped text';
  readonly #time: TimestampReader;
  #searches = true;
  #found = 0;
  #missed = 0;

  constructor(newestMs: number) {
    this.#time = new TimestampReader(newestMs);
  }

  read(line: string, draft: Draft): boolean {
    clearDraft(draft);
    const start = this.#skipPriority(line, draft);
    const end = this.#findTime(line, start);
    if (end === -1) {
      clearDraft(draft);
      return false;
    }
    draft.ms = this.#time.ms;
    draft.zone = this.#time.zone;
    draft.assumed = this.#time.assumed;
    this.#readRest(line, start, end, draft);
    return true;
  }

  #skipPriority(line: string, draft: Draft): number {
    if (line.charCodeAt(0) !== 60) return 0;
    const match = matchAt(PRIORITY, line, 0);
    if (match === null) return 0;
    draft.level = severityOfSyslog(Number(match[1]) & 7);
    return match[0].length;
  }

  #findTime(line: string, start: number): number {
    const first = line.charCodeAt(start);
    const isOpening = first === 91 || first === 40 || first === 34 || first === 60; // [ ( " <
    const end = this.#time.readAt(line, isOpening ? start + 1 : start);
    if (end !== -1 || !this.#searches) return end;
    const found = this.#time.search(line);
    if (found !== -1) this.#found++;
    // Searching costs more than reading: it ends where a file of many lines does not reward it.
    else if (++this.#missed > 500 && this.#found * 20 < this.#missed) this.#searches = false;
    return found;
  }

  #readRest(line: string, lineStart: number, end: number, draft: Draft): void {
    const { pattern, start } = this.#time;
    let from = end;
    for (let code = line.charCodeAt(from); code === 93 || code === 41 || code === 34 || code === 44; ) {
      code = line.charCodeAt(++from); // ] ) " ,
    }
    if (draft.level !== undefined) {
      const rfc = matchAt(RFC5424, line, from);
      if (rfc !== null && pattern === 'ISO timestamps') {
        this.name = 'syslog (RFC 5424)';
        draft.message = `${rfc[1]}: ${line.slice(from + rfc[0].length)}`;
        return;
      }
    }
    const isSyslogTime = pattern === 'syslog timestamps';
    const tag = matchAt(SYSLOG_TAG, line, from);
    if (tag !== null && (isSyslogTime || tag[3] !== undefined)) {
      this.name = 'syslog';
      readHeader(line.slice(from + tag[0].length), `${tag[2]}:`, draft);
      return;
    }
    if (pattern === 'month and day') {
      const logcat = matchAt(LOGCAT, line, from);
      if (logcat !== null) {
        this.name = 'logcat';
        draft.level = severityOfLetter(logcat[1] ?? '');
        draft.message = line.slice(from + logcat[0].length);
        return;
      }
    }
    const container = matchAt(CONTAINER, line, from);
    if (container !== null) from += container[0].length;
    else if (isSyslogTime) from += matchAt(SYSLOG_HOST, line, from)?.[0].length ?? 0;
    // A lone letter or mark before the time (Ruby's "E, [") names nobody.
    const before = start > lineStart + 1 ? wordsOf(line.slice(lineStart, start)) : '';
    const lead = before.length > 2 ? before : '';
    readHeader(line.slice(from), lead, draft);
    this.name = draft.http !== undefined ? 'access log' : nameOf(line, pattern, container !== null);
  }
}

function nameOf(line: string, pattern: string, isContainer: boolean): string {
  if (isContainer) return 'container log';
  if (pattern === 'syslog timestamps') return 'syslog';
  if (pattern === 'ctime timestamps' && line.startsWith('[')) return 'Apache error log';
  if (NGINX_ERROR.test(line)) return 'nginx error log';
  if ((pattern === 'ISO timestamps' || pattern === 'clock times') && LOG4J.test(line)) return 'log4j or logback';
  return `text with ${pattern}`;
}

function matchAt(regex: RegExp, line: string, position: number): RegExpExecArray | null {
  regex.lastIndex = position;
  return regex.exec(line);
}
