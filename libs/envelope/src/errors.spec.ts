import { describe, expect, it } from 'vitest';
import {
  EnvelopeTooLargeError,
  hasCode,
  InvalidEnvelopeError,
  InvalidTokenError,
  isRetryable,
  SubjectMismatchError,
  VoormanError,
} from './errors.js';

const raised: readonly VoormanError[] = [
  new InvalidTokenError('tenant', 'a.b'),
  new InvalidEnvelopeError(['payload.goal: is missing']),
  new SubjectMismatchError('log.a'),
  new EnvelopeTooLargeError(100_000, 81_920),
];

describe('an error', () => {
  it('keeps its code for ever', () => {
    expect(raised.map((error) => [error.name, error.code])).toEqual([
      ['InvalidTokenError', 'envelope/invalid-token'],
      ['InvalidEnvelopeError', 'envelope/invalid'],
      ['SubjectMismatchError', 'envelope/subject-mismatch'],
      ['EnvelopeTooLargeError', 'envelope/too-large'],
    ]);
  });

  it('lets out a code, a sentence and a next step, and nothing else', () => {
    for (const error of raised) {
      const open = error.toPublic();
      expect(Object.keys(open)).toEqual(['code', 'message', 'next']);
      expect(open.message).toMatch(/^[^\n]+\.$/);
      expect(open.next).toMatch(/^[^\n]+\.$/);
      expect(JSON.stringify(open)).not.toMatch(/\bat .*:\d+:\d+/);
    }
  });

  it('is known by its code, also when it comes from another copy of this package', () => {
    expect(hasCode(raised[0], 'envelope/invalid-token')).toBe(true);
    expect(hasCode(JSON.parse(JSON.stringify(raised[1]?.toPublic())), 'envelope/invalid')).toBe(true);
    for (const other of [undefined, null, 'envelope/invalid', {}, new Error('no')]) {
      expect(hasCode(other, 'envelope/invalid')).toBe(false);
    }
  });

  it('says itself whether the same attempt may succeed later, whatever its class', () => {
    expect(isRetryable({ code: 'log/full', retryable: true })).toBe(true);
    for (const other of [undefined, null, raised[0], { retryable: 'true' }, new Error('no')]) {
      expect(isRetryable(other)).toBe(false);
    }
  });

  it('keeps its cause', () => {
    const cause = new Error('why');
    expect(new InvalidEnvelopeError(['x'], { cause }).cause).toBe(cause);
  });
});
