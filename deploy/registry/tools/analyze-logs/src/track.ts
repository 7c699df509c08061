import { type Axis, Histogram, type Place } from './axis.ts';
import { Sample } from './sample.ts';

/** When and where the records of one template occurred. */
export class Track {
  readonly histogram: Histogram;
  /** Some of its records, spread evenly. */
  readonly sample = new Sample();
  /** The earliest record. */
  first: Place | undefined;
  /** Where the first record names its cause (an exception below the message), that line. */
  cause: Place | undefined;
  lastAt = Number.NEGATIVE_INFINITY;
  lastFile = 0;
  lastLine = 0;
  /** The files in which it occurred, one bit each. */
  files = 0;

  constructor(axis: Axis) {
    this.histogram = new Histogram(axis);
  }

  add(file: number, line: number, at: number, causeLine: number): void {
    this.histogram.add(file, line, at);
    this.sample.add(file, line, at);
    this.files |= 1 << file;
    if (this.first === undefined || at < this.first.at) {
      this.first = { file, line, at };
      this.cause = causeLine === 0 ? undefined : { file, line: causeLine, at };
    }
    if (at >= this.lastAt) {
      this.lastAt = at;
      this.lastFile = file;
      this.lastLine = line;
    }
  }

  absorb(other: Track): void {
    this.histogram.absorb(other.histogram);
    this.files |= other.files;
    if (other.first !== undefined && (this.first === undefined || other.first.at < this.first.at)) {
      this.first = other.first;
      this.cause = other.cause;
    }
    if (other.lastAt >= this.lastAt) {
      this.lastAt = other.lastAt;
      this.lastFile = other.lastFile;
      this.lastLine = other.lastLine;
    }
  }
}
