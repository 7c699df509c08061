import type { Place } from '../axis.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../calendar.ts';
import type { FileReading, Reading } from '../reading.ts';
import type { Tally } from '../tally.ts';
import type { Track } from '../track.ts';
import { type Coverage, coverageOf } from './coverage.ts';

/** One axis with what lies on it, and the words for its places: times, or lines where a log has no times. */
export class Scene {
  readonly tally: Tally;
  readonly isTimed: boolean;
  readonly coverage: (files: number) => Coverage;
  readonly #reading: Reading;

  constructor(reading: Reading, tally: Tally) {
    this.#reading = reading;
    this.tally = tally;
    this.isTimed = tally === reading.timed;
    this.coverage = coverageOf(
      tally,
      reading.files.map(({ name }) => name),
    );
  }

  file(index: number): FileReading | undefined {
    return this.#reading.files[index];
  }

  /** `at 14:03:12` or `in line 4711`. */
  sayWhen(place: Place): string {
    return this.isTimed ? `at ${this.sayTime(place.at)}` : `in ${this.sayLine(place)}`;
  }

  /** `14:03:12`, with the date where the log covers several days; `line 4711`. */
  saySince(place: Place): string {
    return this.isTimed ? this.sayTime(place.at) : this.sayLine(place);
  }

  sayTime(ms: number): string {
    const { zones } = this.#reading;
    const { from, to } = this.tally.axis;
    return zones.spoken(ms, zones.isSameDay(from, to));
  }

  sayLine(place: Place): string {
    const name = this.#reading.files.length > 1 ? ` of ${this.file(place.file)?.name ?? ''}` : '';
    return `line ${grouped(place.line)}${name}`;
  }

  /** Where a slot ends, or the subject's last record if that comes first. */
  sayTimeOrEnd(slot: number, track: Track): string {
    const last = { file: track.lastFile, line: track.lastLine, at: track.lastAt };
    const end = this.tally.axis.startOf(slot + 1);
    return this.isTimed && end < last.at ? `about ${this.sayTime(end)}` : this.saySince(last);
  }

  /** A stretch of the axis: `2 h 10 min`, `35 s`, `1,200 lines`. */
  sayLength(length: number): string {
    return this.isTimed ? duration(length) : `${grouped(Math.round(length))} lines`;
  }

  /** The value for machines: an ISO time, or `file:line`. */
  since(place: Place): string {
    return this.isTimed ? this.#reading.zones.iso(place.at) : `${this.file(place.file)?.name ?? ''}:${place.line}`;
  }

  /** `app.log:4711`. */
  cite(place: Place): string {
    return `${this.file(place.file)?.name ?? ''}:${place.line}`;
  }
}

export const grouped = (count: number): string => count.toLocaleString('en-US');

/** `1 error`, `2 errors`. */
export const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;

export const times = (count: number): string =>
  count === 1 ? 'once' : count === 2 ? 'twice' : `${grouped(count)} times`;

/** Two figures at most: `0.2%`, `13%`, `100%` only for all. */
export function percent(part: number, whole: number): string {
  const share = whole === 0 ? 0 : (part / whole) * 100;
  if (part === whole) return '100%';
  if (share > 99) return '>99%';
  if (part > 0 && share < 0.1) return '<0.1%';
  return `${share < 10 ? Number(share.toFixed(1)) : Math.round(share)}%`;
}

function duration(ms: number): string {
  const units: readonly (readonly [number, string])[] = [
    [DAY_MS, 'd'],
    [HOUR_MS, 'h'],
    [MINUTE_MS, 'min'],
    [SECOND_MS, 's'],
  ];
  const index = units.findIndex(([length]) => ms >= length);
  const [length, name] = units[index] ?? [1, 'ms'];
  const whole = Math.floor(ms / length);
  const [smaller, smallerName] = units[index + 1] ?? [0, ''];
  const rest = smaller === 0 || index === -1 ? 0 : Math.floor((ms % length) / smaller);
  return rest === 0 || whole >= 10 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${smallerName}`;
}
