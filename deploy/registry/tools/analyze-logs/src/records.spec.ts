import { describe, expect, it } from 'vitest';
import { detectFormat } from './layouts/detection.ts';
import { RecordAssembler } from './records.ts';
import type { LogRecord } from './tally.ts';
import { NOW_MS } from './testing/log.ts';

function recordsOf(lines: readonly string[], bareZone = 0): LogRecord[] {
  const records: LogRecord[] = [];
  const format = detectFormat(lines, NOW_MS);
  const assembler = new RecordAssembler({
    file: 0,
    format,
    lineOffset: 0,
    bareZone,
    take: (record) => records.push(record),
  });
  for (const [index, line] of lines.entries()) assembler.add(line, index + 1);
  assembler.end();
  return records;
}
const told = (lines: readonly string[]) =>
  recordsOf(lines).map(({ line, level, message, cause }) => ({ line, level, message, cause }));

describe('lines put together', () => {
  it('keep a Java stack trace with its record and name the root cause', () => {
    const lines = [
      '2026-11-21 10:00:00,000 ERROR [main] a.B - checkout failed',
      'java.lang.IllegalStateException: no connection',
      '\tat a.B.c(B.java:1)',
      'Caused by: java.net.ConnectException: refused',
      '\t... 3 more',
      '2026-11-21 10:00:01,000 INFO [main] a.B - next',
    ];
    expect(told(lines)).toEqual([
      { line: 1, level: 'error', message: '[main] a.B - checkout failed', cause: 'java.net.ConnectException: refused' },
      { line: 6, level: 'info', message: '[main] a.B - next', cause: '' },
    ]);
    expect(recordsOf(lines)[0]?.causeLine).toBe(4);
  });

  it('keep a Python traceback together, its last line being the cause', () => {
    const lines = [
      '2026-11-21 10:00:00,000 ERROR app: unhandled',
      'Traceback (most recent call last):',
      '  File "/srv/app.py", line 3, in get',
      '    connect()',
      'OperationalError: could not connect',
      '2026-11-21 10:00:01,000 INFO app: next',
    ];
    expect(told(lines).map(({ line, cause }) => [line, cause])).toEqual([
      [1, 'OperationalError: could not connect'],
      [6, ''],
    ]);
  });

  it('show a crash that prints without a head as a record of its own', () => {
    const lines = [
      '2026-11-21T10:00:00Z INFO serving',
      'panic: runtime error: nil pointer dereference',
      'goroutine 1 [running]:',
      '\t/srv/x.go:12',
      '2026-11-21T10:00:05Z INFO serving',
    ];
    expect(recordsOf(lines).map(({ line, at }) => [line, new Date(at).toISOString()])).toEqual([
      [1, '2026-11-21T10:00:00.000Z'],
      [2, '2026-11-21T10:00:00.000Z'],
      [5, '2026-11-21T10:00:05.000Z'],
    ]);
  });

  it('cite the exception where nothing but a traceback was printed', () => {
    const lines = [
      'ready',
      'Traceback (most recent call last):',
      '  File "a.py", line 1',
      'ValueError: bad port',
      'ready',
    ];
    expect(told(lines)[1]).toEqual({ line: 4, level: 'error', message: 'ValueError: bad port', cause: '' });
  });

  it('stand for themselves, one record each, where no line has a head', () => {
    expect(told(['alpha beta', 'gamma delta', '', 'epsilon']).map(({ line }) => line)).toEqual([1, 2, 4]);
  });

  it('begin records although every head is indented', () => {
    expect(recordsOf(['  2026-11-21 10:00:00 a', '  2026-11-21 10:00:01 b']).map(({ message }) => message)).toEqual([
      'a',
      'b',
    ]);
  });

  it('are read without the colours that were meant for a terminal', () => {
    const lines = ['\u001b[2m2026-11-21T10:00:00Z\u001b[0m \u001b[31mERROR\u001b[0m lost db'];
    expect(told(lines)).toEqual([{ line: 1, level: 'error', message: 'lost db', cause: '' }]);
  });

  it('are placed in the zone of the other logs where they name none', () => {
    expect(recordsOf(['2026-11-21 10:00:00 a'], 60)[0]?.at).toBe(Date.UTC(2026, 10, 21, 9));
  });
});
