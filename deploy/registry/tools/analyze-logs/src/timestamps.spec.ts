import { describe, expect, it } from 'vitest';
import { TimestampReader } from './timestamps.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 15);
const read = (line: string): string | undefined => {
  const reader = new TimestampReader(NOW_MS);
  return reader.readAt(line, 0) === -1 ? undefined : new Date(reader.ms).toISOString();
};
const readAll = (lines: readonly string[]): string[] => {
  const reader = new TimestampReader(NOW_MS);
  return lines.map((line) => (reader.readAt(line, 0) === -1 ? '' : new Date(reader.ms).toISOString()));
};

describe('a timestamp', () => {
  it.each([
    ['2026-11-21T15:18:00.123Z x', '2026-11-21T15:18:00.123Z'],
    ['2026-11-21T15:18:00.123456+02:00 x', '2026-11-21T13:18:00.123Z'],
    ['2026-11-21 15:18:00,123 INFO', '2026-11-21T15:18:00.123Z'],
    ['2026-11-21 15:18:00 +0200 x', '2026-11-21T13:18:00.000Z'],
    ['2026/11/21 15:18:00 [error]', '2026-11-21T15:18:00.000Z'],
    ['2005-06-03-15.42.50.675872 R02', '2005-06-03T15:42:50.675Z'],
    ['Sun Dec 04 04:47:44 2005] [notice]', '2005-12-04T04:47:44.000Z'],
    ['Fri Sep 09 10:42:29.902022 2011] [x]', '2011-09-09T10:42:29.902Z'],
    ['10/Oct/2000:13:55:36 -0700] "GET', '2000-10-10T20:55:36.000Z'],
    ['21-Nov-2026 15:18:00.123 SEVERE', '2026-11-21T15:18:00.123Z'],
    ['21 Nov 2026 15:18:00.123 * Ready', '2026-11-21T15:18:00.123Z'],
    ['Sat, 21 Nov 2026 10:00:00 GMT x', '2026-11-21T10:00:00.000Z'],
    ['Nov 21, 2026 3:18:00 PM x', '2026-11-21T15:18:00.000Z'],
    ['11/21/2026 12:18:00 AM x', '2026-11-21T00:18:00.000Z'],
    ['21.11.2026 15:18:00 x', '2026-11-21T15:18:00.000Z'],
    ['17/06/09 20:10:40 INFO', '2017-06-09T20:10:40.000Z'],
    ['081109 203518 148 INFO', '2008-11-09T20:35:18.000Z'],
    ['20261121T151800Z x', '2026-11-21T15:18:00.000Z'],
    ['1700000000 x', '2023-11-14T22:13:20.000Z'],
    ['1700000000.25 x', '2023-11-14T22:13:20.250Z'],
    ['1700000000123 x', '2023-11-14T22:13:20.123Z'],
    ['1700000000123456789 x', '2023-11-14T22:13:20.123Z'],
    ['Dec 10 06:55:46 host', '2025-12-10T06:55:46.000Z'],
    ['Nov  1 06:55:46 host', '2026-11-01T06:55:46.000Z'],
    ['03-17 16:13:38.811  1702', '2026-03-17T16:13:38.811Z'],
    ['14:18:00.123 [main]', '2026-11-21T14:18:00.123Z'],
    ['23:18:00 x', '2026-11-20T23:18:00.000Z'],
  ])('is read from "%s"', (line, expected) => {
    expect(read(line)).toBe(expected);
  });

  it.each([
    '27:18:00 x',
    '1234567 x',
    '10.0.0.1 x',
    '1970-01-01 00:00:12 boot',
    '2026-13-01 00:00:00',
    'Maybe 10 things',
    '',
  ])('is not seen in "%s"', (line) => {
    expect(read(line)).toBeUndefined();
  });

  it('rolls over to the next year where a log without years does', () => {
    expect(readAll(['Dec 31 23:59:59 a', 'Jan  1 00:00:01 a', 'Dec 31 23:59:58 late', 'Jan  2 00:00:00 a'])).toEqual([
      '2025-12-31T23:59:59.000Z',
      '2026-01-01T00:00:01.000Z',
      '2025-12-31T23:59:58.000Z',
      '2026-01-02T00:00:00.000Z',
    ]);
  });

  it('rolls over to the next day where a log without dates does', () => {
    expect(readAll(['23:59:59 a', '00:00:01 a'])).toEqual(['2026-11-20T23:59:59.000Z', '2026-11-21T00:00:01.000Z']);
  });

  it('tells day from month once the file has shown a day above 12', () => {
    expect(readAll(['25/03/2026 10:00:00', '04/03/2026 10:00:00'])).toEqual([
      '2026-03-25T10:00:00.000Z',
      '2026-03-04T10:00:00.000Z',
    ]);
  });

  it('is found behind an address or a service name, but not in the middle of a message', () => {
    const find = (line: string) => new TimestampReader(NOW_MS).search(line);
    expect(find('10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1"')).toBeGreaterThan(0);
    expect(find('web_1  | 2026-11-21 10:00:00 ready')).toBeGreaterThan(0);
    expect(find('customer 1700000000 called at 10:00:00')).toBe(-1);
  });
});
