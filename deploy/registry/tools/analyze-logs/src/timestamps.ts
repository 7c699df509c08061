import { DAY_MS, epochMs, fractionMs, HOUR_MS, MINUTE_MS, monthOf, zoneMinutes } from './calendar.ts';

/** What a timestamp leaves out and the reader had to assume. */
export type Assumed = 'nothing' | 'year' | 'date';

interface Reading {
  /** Wall clock as if UTC; NaN if the digits are no time. */
  readonly ms: number;
  /** Minutes east of UTC; NaN if the timestamp does not say. */
  readonly zone: number;
  readonly assumed: Assumed;
}

interface Pattern {
  readonly name: string;
  /** Sticky: matches at `lastIndex` only. */
  readonly regex: RegExp;
  readonly read: (match: RegExpExecArray, reader: TimestampReader) => Reading;
}

const CLOCK = String.raw`(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,9}))?`;
const ZONE = String.raw`(?: ?(Z|UTC|GMT|[+-](?:0\d|1[0-4]):?[0-5]\d)(?![\w:]))?`;
const MONTH = '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*';
const HALF = String.raw`(?: ?([AP])M\b)?`;
const sticky = (source: string) => new RegExp(`${source}(?!\\d)`, 'y');

/** Groups 1 to 3 are the date, the next four the clock. */
function wallClock(year: number, month: number, day: number, match: RegExpExecArray, from: number): number {
  const half = match[from + 4];
  let hour = Number(match[from]);
  if (half === 'P' || half === 'A') hour = (hour % 12) + (half === 'P' ? 12 : 0);
  const second = epochMs(year, month, day, hour, Number(match[from + 1]), Number(match[from + 2]));
  return second + fractionMs(match[from + 3]);
}

const full = (ms: number, zone = Number.NaN): Reading => ({ ms, zone, assumed: 'nothing' });

const PATTERNS: readonly Pattern[] = [
  {
    name: 'ISO timestamps',
    regex: sticky(
      String.raw`(\d{4})[-/.](\d\d)[-/.](\d\d)(?:[T_-]| {1,2})(\d{1,2})[:.](\d\d)[:.](\d\d)(?:[.,](\d{1,9}))?${ZONE}`,
    ),
    read: (m) => full(wallClock(Number(m[1]), Number(m[2]), Number(m[3]), m, 4), zoneMinutes(m[8])),
  },
  {
    name: 'syslog timestamps',
    regex: sticky(String.raw`${MONTH} {1,2}(\d{1,2}) ${CLOCK}(?! \d{4}\b)`),
    read: (m, reader) => reader.withYear((year) => wallClock(year, monthOf(m[1] ?? ''), Number(m[2]), m, 3)),
  },
  {
    name: 'ctime timestamps',
    regex: sticky(
      String.raw`(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?${MONTH} {1,2}(\d{1,2}) ${CLOCK}(?: [A-Z]{3,4})? (\d{4})`,
    ),
    read: (m) =>
      full(
        epochMs(Number(m[7]), monthOf(m[1] ?? ''), Number(m[2]), Number(m[3]), Number(m[4]), Number(m[5])) +
          fractionMs(m[6]),
      ),
  },
  {
    name: 'access log timestamps',
    regex: sticky(String.raw`(?:[A-Z][a-z]{2}, )?(\d{1,2})[/ -]${MONTH}[/ -](\d{4})[: T]${CLOCK}${ZONE}`),
    read: (m) => full(wallClock(Number(m[3]), monthOf(m[2] ?? ''), Number(m[1]), m, 4), zoneMinutes(m[8])),
  },
  {
    name: 'dated words',
    regex: sticky(String.raw`${MONTH} {1,2}(\d{1,2}),? (\d{4}),? ${CLOCK}${HALF}`),
    read: (m) => full(wallClock(Number(m[3]), monthOf(m[1] ?? ''), Number(m[2]), m, 4)),
  },
  {
    name: 'day, month and year',
    regex: sticky(String.raw`(\d{1,2})([/.])(\d{1,2})[/.](\d{4}),? ${CLOCK}${HALF}`),
    read: (m, reader) => {
      const [month, day] = reader.monthAndDay(Number(m[1]), Number(m[3]), m[2] === '.');
      return full(wallClock(Number(m[4]), month, day, m, 5));
    },
  },
  {
    name: 'short dates',
    regex: sticky(String.raw`(\d\d)/(\d\d)/(\d\d) ${CLOCK}`),
    read: (m) => full(wallClock(2000 + Number(m[1]), Number(m[2]), Number(m[3]), m, 4)),
  },
  {
    name: 'compact dates',
    regex: sticky(String.raw`(\d\d|\d{4})(\d\d)(\d\d)[ T-](\d\d):?(\d\d):?(\d\d)(?:[.,](\d{1,9}))?${ZONE}`),
    read: (m) => {
      const year = Number(m[1]);
      return full(wallClock(year < 100 ? 2000 + year : year, Number(m[2]), Number(m[3]), m, 4), zoneMinutes(m[8]));
    },
  },
  {
    name: 'month and day',
    regex: sticky(String.raw`(\d\d)-(\d\d) ${CLOCK}`),
    read: (m, reader) => reader.withYear((year) => wallClock(year, Number(m[1]), Number(m[2]), m, 3)),
  },
  {
    name: 'klog timestamps',
    regex: sticky(String.raw`(\d\d)(\d\d) ${CLOCK}`),
    read: (m, reader) => reader.withYear((year) => wallClock(year, Number(m[1]), Number(m[2]), m, 3)),
  },
  {
    name: 'epoch timestamps',
    regex: sticky(String.raw`(\d{10})(?:(\d{3})(?:\d{3}){0,2}|[.,](\d{1,9}))?`),
    read: (m) => {
      const ms = Number(m[1]) * 1000 + (m[2] === undefined ? fractionMs(m[3]) : Number(m[2]));
      return full(ms > 1e12 && ms < 4.1e12 ? ms : Number.NaN, 0);
    },
  },
  {
    name: 'clock times',
    regex: sticky(String.raw`${CLOCK}${HALF}(?![:\d])`),
    read: (m, reader) => reader.withDate((day) => day + wallClock(1990, 1, 1, m, 1) - epochMs(1990, 1, 1, 0, 0, 0)),
  },
];

/** Positions at which a timestamp may begin when it does not begin the line. */
const TOKEN_START = /[\s[("'=|<>:,]+(?=[\dA-Z])/g;
const SEARCHED_CHARS = 160;

/**
 * Reads the timestamps of one file. It stays with the pattern that matched last, and it remembers the last time, so that
 * a year or a date that the log leaves out rolls over where the log does.
 */
export class TimestampReader {
  /** The result of the last success: milliseconds since 1970, zone applied. */
  ms = Number.NaN;
  zone = Number.NaN;
  assumed: Assumed = 'nothing';
  pattern = '';
  start = 0;

  readonly #newestMs: number;
  #preferred = 0;
  #isSure = false;
  #lastMs = Number.NaN;
  #dayFirst = false;

  /** @param newestMs the latest moment that a timestamp without year or date may mean. */
  constructor(newestMs: number) {
    this.#newestMs = newestMs;
  }

  /** @returns the position after a timestamp that begins exactly at `position`, or -1. */
  readAt(line: string, position: number): number {
    const code = line.charCodeAt(position);
    // All patterns begin with a digit or a capital letter.
    if (!(code >= 48 && code <= 57) && !(code >= 65 && code <= 90)) return -1;
    const end = this.#try(this.#preferred, line, position);
    if (end !== -1) return end;
    for (let index = 0; index < PATTERNS.length; index++) {
      if (index === this.#preferred) continue;
      const found = this.#try(index, line, position);
      if (found === -1) continue;
      this.#preferred = index;
      this.#isSure = true;
      return found;
    }
    return -1;
  }

  /**
   * @returns the position after the first timestamp near the line's beginning, or -1. Only dates are looked for inside
   * a line: ten digits or a clock time in the middle of a message mean anything.
   */
  search(line: string): number {
    TOKEN_START.lastIndex = 0;
    const text = line.length > SEARCHED_CHARS ? line.slice(0, SEARCHED_CHARS) : line;
    for (let token = 0; token < 12; token++) {
      const gap = TOKEN_START.exec(text);
      if (gap === null) return -1;
      const position = gap.index + gap[0].length;
      const last = this.#isSure ? this.#preferred + 1 : PATTERNS.length - 3;
      for (let index = this.#isSure ? this.#preferred : 0; index < last; index++) {
        const end = this.#try(index, line, position);
        if (end === -1) continue;
        this.#preferred = index;
        this.#isSure = true;
        return end;
      }
    }
    return -1;
  }

  /** For a timestamp without a year: the year that makes it recent, then the one that keeps the log in order. */
  withYear(at: (year: number) => number): Reading {
    const HALF_YEAR_MS = 183 * DAY_MS;
    const near = Number.isNaN(this.#lastMs) ? this.#newestMs : this.#lastMs;
    const year = new Date(near).getUTCFullYear();
    let ms = at(year);
    if (Number.isNaN(this.#lastMs)) {
      if (ms > this.#newestMs + DAY_MS) ms = at(year - 1);
    } else if (ms < near - HALF_YEAR_MS) ms = at(year + 1);
    else if (ms > near + HALF_YEAR_MS) ms = at(year - 1);
    return { ms, zone: Number.NaN, assumed: 'year' };
  }

  /** For a time without a date: the newest possible day, then the one that keeps the log in order. */
  withDate(at: (dayMs: number) => number): Reading {
    const near = Number.isNaN(this.#lastMs) ? this.#newestMs : this.#lastMs;
    const day = Math.floor(near / DAY_MS) * DAY_MS;
    let ms = at(day);
    if (Number.isNaN(this.#lastMs)) {
      if (ms > this.#newestMs) ms = at(day - DAY_MS);
    } else if (ms < near - 12 * HOUR_MS) ms = at(day + DAY_MS);
    else if (ms > near + 12 * HOUR_MS) ms = at(day - DAY_MS);
    return { ms, zone: Number.NaN, assumed: 'date' };
  }

  /** 3.4.2026 is the third of April; 3/4/2026 the fourth of March, until the file has shown a 13/4. */
  monthAndDay(first: number, second: number, isDotted: boolean): [month: number, day: number] {
    if (first > 12) this.#dayFirst = true;
    return isDotted || this.#dayFirst ? [second, first] : [first, second];
  }

  #try(index: number, line: string, position: number): number {
    const pattern = PATTERNS[index];
    if (pattern === undefined) return -1;
    pattern.regex.lastIndex = position;
    const match = pattern.regex.exec(line);
    if (match === null) return -1;
    const { ms, zone, assumed } = pattern.read(match, this);
    if (Number.isNaN(ms)) return -1;
    this.#lastMs = ms;
    this.ms = Number.isNaN(zone) ? ms : ms - zone * MINUTE_MS;
    this.zone = zone;
    this.assumed = assumed;
    this.pattern = pattern.name;
    this.start = position;
    return position + match[0].length;
  }
}
