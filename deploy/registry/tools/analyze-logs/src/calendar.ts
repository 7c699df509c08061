export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** 2, 3, … for `Feb`, `mar`, `SEPTEMBER`; NaN for anything else. */
export function monthOf(name: string): number {
  const index = 'janfebmaraprmayjunjulaugsepoctnovdec'.indexOf(name.slice(0, 3).toLowerCase());
  return index % 3 === 0 ? index / 3 + 1 : Number.NaN;
}

/**
 * Milliseconds since 1970 of a wall clock time, as if it were UTC. Month and day count from 1.
 * NaN when it is not a time: an hour of 27, a month of 13, a year outside 1990 to 2100 (a clock that was not set).
 */
export function epochMs(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number {
  const isTime = hour < 24 && minute < 60 && second < 61 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
  if (!isTime || year < 1990 || year > 2100) return Number.NaN;
  return daysBefore(year, month, day) * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS;
}

/** Days since 1970-01-01 in the Gregorian calendar, counted in years that begin in March, so that leap days come last. */
function daysBefore(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return (
    365 * shifted +
    Math.floor(shifted / 4) -
    Math.floor(shifted / 100) +
    Math.floor(shifted / 400) +
    dayOfYear -
    719_468
  );
}

/** Milliseconds of a decimal fraction of a second: `5` is 500, `123456` is 123. */
export function fractionMs(digits: string | undefined): number {
  if (digits === undefined) return 0;
  return digits.length === 3 ? Number(digits) : Math.floor(Number(`0.${digits}`) * SECOND_MS);
}

/** Minutes east of UTC of `Z`, `UTC`, `+02:00`, `-0530`; NaN where no zone is given. */
export function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined) return Number.NaN;
  const sign = zone.charCodeAt(0) === 45 ? -1 : 1;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return Number.isNaN(minutes) ? 0 : sign * minutes;
}
