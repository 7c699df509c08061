/** Longer than any call lives, and short enough for every timer. Milliseconds. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

/**
 * What a service asked to wait, in milliseconds from now: `Retry-After` in seconds or as a date.
 * `undefined` where it says neither; 0 where the moment has passed, a day where it is later than that.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Math.min(LONGEST_WAIT_MS, Number(text) * 1_000);
  // An HTTP date begins with its weekday; Date.parse alone would take any number for a year.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.min(LONGEST_WAIT_MS, Math.max(0, atMs - nowMs));
}
