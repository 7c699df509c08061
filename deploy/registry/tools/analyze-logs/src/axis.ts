import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './calendar.ts';

/** Bucket widths; each divides the next, so that buckets can be merged as the range grows. */
const WIDTHS: readonly number[] = [
  1,
  2,
  10,
  20,
  100,
  200,
  SECOND_MS,
  2 * SECOND_MS,
  10 * SECOND_MS,
  30 * SECOND_MS,
  MINUTE_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
  4 * DAY_MS,
  8 * DAY_MS,
  32 * DAY_MS,
  128 * DAY_MS,
  512 * DAY_MS,
  8192 * DAY_MS,
];

export const MAX_BUCKETS = 480;

/** The smallest width of the ladder at which a range needs at most `buckets` of them. */
export function widthFor(from: number, to: number, buckets: number, atLeast: number): number {
  const fits = (width: number) => Math.floor(to / width) - Math.floor(from / width) < buckets;
  return WIDTHS.find((width) => width >= atLeast && fits(width)) ?? WIDTHS[WIDTHS.length - 1] ?? 1;
}

/**
 * A range of times (or of record numbers) in at most 480 equal buckets. It is not known in advance: values may come in
 * any order, and the buckets double, or more, whenever the range outgrows them.
 */
export class Axis {
  from = Number.POSITIVE_INFINITY;
  to = Number.NEGATIVE_INFINITY;
  width = WIDTHS[0] ?? 1;
  /** Changes whenever a histogram must be arranged anew. */
  version = 0;
  /** Number of the first bucket: `value / width`, rounded down, belongs into slot `bucket - base`. */
  base = 0;

  /** Number of buckets from the first value to the last. */
  get size(): number {
    return this.to < this.from ? 0 : Math.floor(this.to / this.width) - this.base + 1;
  }

  extend(value: number): void {
    if (value >= this.from && value <= this.to) return;
    const isEarlier = value < this.from;
    if (isEarlier) this.from = value;
    if (value > this.to) this.to = value;
    const width = widthFor(this.from, this.to, MAX_BUCKETS, this.width);
    const base = Math.floor(this.from / width);
    if (width === this.width && base === this.base) return;
    this.width = width;
    this.base = base;
    this.version++;
  }

  slotOf(value: number): number {
    return Math.floor(value / this.width) - this.base;
  }

  /** The value at which a slot begins. */
  startOf(slot: number): number {
    return (this.base + slot) * this.width;
  }
}

/** Where a record stands: the index of its file among the input, its line, its place on the axis. */
export interface Place {
  readonly file: number;
  readonly line: number;
  readonly at: number;
}

const NONE = new Uint32Array(0);

/** Counts along an axis, and where the first record of each bucket stands. */
export class Histogram {
  readonly #axis: Axis;
  #version = -1;
  #base = 0;
  #width = 1;
  #counts = NONE;
  #firsts: (Place | undefined)[] = [];
  /** Most templates of a wild log occur once: the first record waits here, and buckets are made for the second. */
  #only: Place | undefined;

  constructor(axis: Axis) {
    this.#axis = axis;
  }

  add(file: number, line: number, at: number): void {
    if (this.#version === -1 && this.#only === undefined) {
      this.#only = { file, line, at };
      return;
    }
    if (this.#version !== this.#axis.version) this.#arrange();
    const slot = this.#axis.slotOf(at);
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
    const first = this.#firsts[slot];
    if (first === undefined || at < first.at) this.#firsts[slot] = { file, line, at };
  }

  /** One count for each bucket of the axis. */
  counts(): Uint32Array {
    if (this.#version !== this.#axis.version) this.#arrange();
    return this.#counts.subarray(0, this.#axis.size);
  }

  /** The earliest record in the slots `from` to `to`, both included. */
  firstIn(from: number, to: number): Place | undefined {
    if (this.#version !== this.#axis.version) this.#arrange();
    for (let slot = from; slot <= to; slot++) if (this.#firsts[slot] !== undefined) return this.#firsts[slot];
    return undefined;
  }

  absorb(other: Histogram): void {
    if (other.#only !== undefined) {
      const { file, line, at } = other.#only;
      this.add(file, line, at);
      return;
    }
    const counts = other.counts();
    if (this.#version !== this.#axis.version) this.#arrange();
    for (let slot = 0; slot < counts.length; slot++) this.#put(slot, counts[slot] ?? 0, other.#firsts[slot]);
  }

  #put(slot: number, count: number, place: Place | undefined): void {
    if (count === 0) return;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + count;
    const first = this.#firsts[slot];
    if (place !== undefined && (first === undefined || place.at < first.at)) this.#firsts[slot] = place;
  }

  #arrange(): void {
    const counts = this.#counts;
    const firsts = this.#firsts;
    const shift = this.#base;
    const ratio = this.#axis.width / this.#width;
    this.#counts = new Uint32Array(MAX_BUCKETS);
    this.#firsts = new Array<Place | undefined>(MAX_BUCKETS).fill(undefined);
    this.#version = this.#axis.version;
    this.#base = this.#axis.base;
    this.#width = this.#axis.width;
    if (this.#only !== undefined) this.#put(this.#axis.slotOf(this.#only.at), 1, this.#only);
    this.#only = undefined;
    for (let slot = 0; slot < counts.length; slot++) {
      this.#put(Math.floor((shift + slot) / ratio) - this.#base, counts[slot] ?? 0, firsts[slot]);
    }
  }
}
