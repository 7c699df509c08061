import { describe, expect, it } from 'vitest';
import { mayBeEndless } from './patient-check.js';
import { toJsonSchema } from './short-form.js';

describe('a schema that may take any time over a small value', () => {
  it('is none in the short form: its calls need no watch', () => {
    const form = { query: 'string', 'logs?': 'attachment[]', 'n?': 'integer' };
    for (const direction of ['input', 'output'] as const)
      expect(mayBeEndless(toJsonSchema(form, direction))).toBe(false);
  });

  it.each([
    ['a pattern', { properties: { a: { type: 'string', pattern: '^(a+)+$' } } }],
    ['a pattern of names', { patternProperties: { '^(a+)+$': {} }, properties: {} }],
    ['a list compared with itself', { properties: { a: { type: 'array', uniqueItems: true } } }],
    ['a reference to itself', { properties: { a: { $ref: '#' } } }],
    ['such a thing among its own definitions', { properties: {}, $defs: { A: { pattern: '(a|a)*$' } } }],
  ])('is one with %s', (_what, schema) => {
    expect(mayBeEndless(toJsonSchema({ type: 'object', ...schema }, 'input'))).toBe(true);
  });
});
