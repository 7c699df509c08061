import { describe, expect, it } from 'vitest';
import { toAnswer } from './answer.js';

const answered = (result: unknown) => toAnswer('authz/decision', [{ result }]);

describe('the answer of an entry point', () => {
  it('is a document of allow and reasons', () => {
    expect(answered({ allow: true, reasons: ['listed'] })).toEqual({ allow: true, reasons: ['listed'] });
    expect(answered({ allow: false })).toEqual({ allow: false, reasons: [] });
  });

  it('may be the bare value of a rule', () => {
    expect(answered(true)).toEqual({ allow: true, reasons: ['authz/decision is true.'] });
    expect(answered(false)).toEqual({ allow: false, reasons: ['authz/decision is false.'] });
  });

  it('is a refusal where the rule has no value for the question', () => {
    expect(toAnswer('authz/decision', [])).toEqual({
      allow: false,
      reasons: ['authz/decision has no answer to this.'],
    });
  });

  it.each([
    ['a string', 'true'],
    ['a number', 1],
    ['nothing', null],
    ['a list', [true]],
    ['an empty document', {}],
    ['allow in words', { allow: 'true' }],
    ['reasons that are no list', { allow: true, reasons: 'because' }],
    ['a reason that is no sentence', { allow: true, reasons: [1] }],
    ['an obligation that nobody here would carry out', { allow: true, reasons: [], obligations: ['redact'] }],
  ])('is a fault when it is %s', (_name, result) => {
    expect(answered(result)).toHaveProperty('problem');
  });

  it.each([
    ['undefined', undefined],
    ['a document', { result: true }],
    ['two results', [{ result: true }, { result: true }]],
  ])('is a fault when the result set is %s', (_name, resultSet) => {
    expect(toAnswer('authz/decision', resultSet)).toHaveProperty('problem');
  });
});
