import { Axis, Histogram, type Place } from './axis.ts';
import type { HttpExchange } from './layouts/draft.ts';
import { SEVERITIES, type Severity } from './severity.ts';
import { TemplateMiner } from './templates/miner.ts';
import { RouteTable } from './templates/routes.ts';
import { Track } from './track.ts';

/** A finished record: the line that begins it and what was attached to it. */
export interface LogRecord {
  readonly file: number;
  readonly line: number;
  /** Place on the axis: milliseconds since 1970, or the record's line where the log has no times. */
  readonly at: number;
  readonly level: Severity | undefined;
  readonly message: string;
  readonly http: HttpExchange | undefined;
  /** The exception or panic named in the lines below; empty if there is none. */
  readonly cause: string;
  readonly causeLine: number;
}

/** What one file covers of the axis. */
export interface FileRange {
  from: number;
  to: number;
  /** All records of the file. */
  readonly histogram: Histogram;
}

const newTrackOn = (axis: Axis) => () => new Track(axis);
const absorb = (into: Track, from: Track) => into.absorb(from);

/** Everything that is counted while reading: constant memory, whatever the size of the log. */
export class Tally {
  readonly axis = new Axis();
  readonly miner: TemplateMiner<Track>;
  readonly routes: RouteTable<Track>;
  readonly severities: Readonly<Record<Severity, Histogram>>;
  readonly totals: Record<Severity, number> = { error: 0, warn: 0, info: 0, debug: 0, unknown: 0 };
  readonly files = new Map<number, FileRange>();
  records = 0;

  constructor() {
    const newTrack = newTrackOn(this.axis);
    this.miner = new TemplateMiner(newTrack, absorb);
    this.routes = new RouteTable(newTrack, absorb);
    const histogram = () => new Histogram(this.axis);
    this.severities = {
      error: histogram(),
      warn: histogram(),
      info: histogram(),
      debug: histogram(),
      unknown: histogram(),
    };
  }

  add(record: LogRecord): void {
    const { file, line, at } = record;
    this.axis.extend(at);
    this.records++;
    const severity = this.#count(record);
    this.totals[severity]++;
    this.severities[severity].add(file, line, at);
    this.#countFile(file, line, at);
  }

  /** The first error on the axis between two slots, both included. */
  firstOf(severity: Severity, from: number, to: number): Place | undefined {
    return this.severities[severity].firstIn(from, to);
  }

  /** Records of each severity in the slots from `from` to `to`, both included. */
  severitiesIn(from: number, to: number): Record<Severity, number> {
    const sums: Record<Severity, number> = { error: 0, warn: 0, info: 0, debug: 0, unknown: 0 };
    for (const severity of SEVERITIES) {
      for (const count of this.severities[severity].counts().subarray(from, to + 1)) sums[severity] += count;
    }
    return sums;
  }

  #count(record: LogRecord): Severity {
    const { file, line, at, http, cause } = record;
    if (http !== undefined) {
      this.routes.add(http).track.add(file, line, at, 0);
      return record.level ?? 'info';
    }
    // A record with an exception below it is an error, unless it says what it is.
    const message = cause === '' ? record.message : `${record.message} / cause: ${cause}`;
    const template = this.miner.add(message, record.level ?? (cause === '' ? undefined : 'error'));
    template.track.add(file, line, at, record.causeLine);
    return template.severity;
  }

  #countFile(file: number, line: number, at: number): void {
    let range = this.files.get(file);
    if (range === undefined) {
      range = { from: at, to: at, histogram: new Histogram(this.axis) };
      this.files.set(file, range);
    }
    if (at < range.from) range.from = at;
    if (at > range.to) range.to = at;
    range.histogram.add(file, line, at);
  }
}
