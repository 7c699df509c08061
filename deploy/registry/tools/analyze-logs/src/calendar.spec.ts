import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs, fractionMs, monthOf, zoneMinutes } from './calendar.ts';

describe('the calendar', () => {
  it('agrees with the platform on every day from 1990 to 2100', () => {
    const days = fc.date({
      min: new Date('1990-01-01T00:00:00Z'),
      max: new Date('2100-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(days, (date) => {
        const at = Math.floor(date.getTime() / 1000) * 1000;
        const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
        expect(epochMs(year, month, day, date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds())).toBe(at);
      }),
    );
  });

  it('takes nothing for a time that is none, and no clock that was never set', () => {
    expect([epochMs(2026, 13, 1, 0, 0, 0), epochMs(2026, 1, 1, 24, 0, 0), epochMs(1970, 1, 1, 0, 0, 5)]).toEqual([
      NaN,
      NaN,
      NaN,
    ]);
  });

  it('reads months, fractions and zones as logs write them', () => {
    expect(['Jan', 'dec', 'September', 'Foo'].map(monthOf)).toEqual([1, 12, 9, NaN]);
    expect(['5', '123', '123456', undefined].map(fractionMs)).toEqual([500, 123, 123, 0]);
    expect(['Z', 'UTC', '+02:00', '-0530', undefined].map(zoneMinutes)).toEqual([0, 0, 120, -330, NaN]);
  });
});
