import { describe, expect, it } from 'vitest';
import {
  isTelling,
  severityOfNumber,
  severityOfStatus,
  severityOfSyslog,
  severityOfWord,
  severityOfWords,
} from './severity.ts';

describe('severity', () => {
  it('follows the level words of every school', () => {
    expect(['SEVERE', 'crit', 'Warning', 'notice', 'TRACE', 'banana'].map(severityOfWord)).toEqual([
      'error',
      'error',
      'warn',
      'info',
      'debug',
      undefined,
    ]);
    expect([0, 3, 4, 6, 7].map(severityOfSyslog)).toEqual(['error', 'error', 'warn', 'info', 'debug']);
    expect([60, 50, 40, 30, 20].map(severityOfNumber)).toEqual(['error', 'error', 'warn', 'info', 'debug']);
    expect([503, 404, 302, 200].map(severityOfStatus)).toEqual(['error', 'warn', 'info', 'info']);
  });

  it.each([
    ['Failed password for root', 'error'],
    ['connect: connection refused', 'error'],
    ['read timed out', 'error'],
    ['java.lang.IllegalStateException thrown', 'error'],
    ['unpacked liberror-perl, libgpg-error-dev', 'unknown'],
    ['rotated /var/log/error.log', 'unknown'],
    ['lost: Error.', 'error'],
    ['disk almost full', 'warn'],
    ['<num> errors, <num> warnings found', 'unknown'],
    ['finished: ok=<num> failed=<num>', 'unknown'],
    ['completed without errors', 'unknown'],
    ['err=null', 'unknown'],
    ['session opened for user', 'unknown'],
  ])('is told by the words of "%s"', (message, expected) => {
    expect(severityOfWords(message)).toBe(expected);
  });

  it('knows words that turn a message into another one', () => {
    expect(['started', 'Stopped.', 'refused,', 'hit'].every(isTelling)).toBe(true);
    expect(['alice', 'Order', '<num>'].some(isTelling)).toBe(false);
  });
});
