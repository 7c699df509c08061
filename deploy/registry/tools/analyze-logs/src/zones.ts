import { MINUTE_MS } from './calendar.ts';
import type { Assumed } from './timestamps.ts';

/** Learns from the records what zone a log is written in, and writes times the way the log does. */
export class Zones {
  #zone = Number.NaN;
  #hasZones = false;
  #isMixed = false;
  #assumedZone = Number.NaN;
  #assumed: Assumed = 'nothing';

  /** Some log names no zone; it is taken to be written in this one (minutes east of UTC). */
  assume(zone: number): void {
    this.#assumedZone = zone;
  }

  /** @param zone minutes east of UTC; NaN if the record names none. */
  note(zone: number, assumed: Assumed): void {
    if (Number.isNaN(zone)) {
      if (!Number.isNaN(this.#assumedZone)) this.note(this.#assumedZone, assumed);
    } else if (!this.#hasZones) {
      this.#hasZones = true;
      this.#zone = zone;
    } else if (zone !== this.#zone) this.#isMixed = true;
    if (assumed !== 'nothing') this.#assumed = assumed;
  }

  /** ISO 8601, to the millisecond where there are any; without a zone if the log names none. */
  iso(ms: number): string {
    const zone = this.#shownZone();
    const text = new Date(ms + (Number.isNaN(zone) ? 0 : zone * MINUTE_MS)).toISOString();
    const bare = text.endsWith('.000Z') ? text.slice(0, -5) : text.slice(0, -1);
    return bare + suffix(zone);
  }

  /** For sentences: `2026-11-21 14:03:12`, or without the date where `isSameDay`. */
  spoken(ms: number, isSameDay: boolean): string {
    const text = this.iso(ms).slice(0, 19).replace('T', ' ');
    return isSameDay ? text.slice(11) : text;
  }

  isSameDay(a: number, b: number): boolean {
    return this.iso(a).slice(0, 10) === this.iso(b).slice(0, 10);
  }

  /** What a reader must know about the times in the answer; empty if they stand in the log as shown. */
  remarks(): string[] {
    const remarks: string[] = [];
    if (this.#assumed === 'year') remarks.push('The log names no year; the latest possible one is assumed.');
    if (this.#assumed === 'date') remarks.push('The log names no date; the latest possible one is assumed.');
    if (!Number.isNaN(this.#assumedZone)) {
      const zone = this.#assumedZone === 0 ? 'UTC' : suffix(this.#assumedZone);
      remarks.push(`Some times name no zone; ${zone} is assumed, as in the other logs.`);
    }
    if (this.#isMixed) remarks.push('The logs use several time zones; times are given in UTC.');
    return remarks;
  }

  #shownZone(): number {
    if (!this.#hasZones) return Number.NaN;
    return this.#isMixed ? 0 : this.#zone;
  }
}

function suffix(zone: number): string {
  if (Number.isNaN(zone)) return '';
  if (zone === 0) return 'Z';
  const minutes = Math.abs(zone);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${zone < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
