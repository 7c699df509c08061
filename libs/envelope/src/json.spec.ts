import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hasCode } from './errors.js';
import { isJson, MAX_PAYLOAD_DEPTH, withoutPrototypes } from './json.js';
import { catalogue, type RecordType } from './records/catalogue.js';
import { payloadParser } from './records/parsers.js';

const parsed = (text: string): unknown => JSON.parse(text);

describe('JSON in a payload', () => {
  it('is whatever JSON can say, and comes back as it went', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const given = parsed(JSON.stringify(value));
        expect(isJson(given)).toBe(true);
        expect(parsed(JSON.stringify(given))).toEqual(given);
      }),
    );
  });

  it.each([
    ['nothing', undefined],
    ['a number that is none', Number.NaN],
    ['an endless number', Number.POSITIVE_INFINITY],
    ['a big integer', 1n],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['an object of a class', new (class Tool {})()],
  ])('is not %s, wherever it lies', (_what, value) => {
    for (const holder of [value, [value], { a: value }, { a: [{ b: value }] }]) expect(isJson(holder)).toBe(false);
  });
});

describe('a payload without prototypes', () => {
  it('is the very same where nothing is called so', () => {
    const value = parsed('{"a":[{"b":1}],"proto":2}');
    expect(withoutPrototypes(value)).toBe(value);
  });

  it('loses every field that is called so, and nothing else', () => {
    const value = parsed('{"a":[{"__proto__":{"x":1},"b":1},[{"__proto__":2}]],"__proto__":[],"c":"__proto__"}');
    expect(JSON.stringify(withoutPrototypes(value))).toBe('{"a":[{"b":1},[{}]],"c":"__proto__"}');
  });

  it('is refused where it nests too deep, before anything recurses into it', () => {
    const nested = (levels: number): unknown => parsed(`${'[1,'.repeat(levels)}1${']'.repeat(levels)}`);
    expect(withoutPrototypes(nested(MAX_PAYLOAD_DEPTH))).toBeDefined();
    for (const levels of [MAX_PAYLOAD_DEPTH + 1, 5_000]) {
      expect(() => withoutPrototypes(nested(levels))).toThrow(
        expect.toSatisfy((fault) => hasCode(fault, 'envelope/invalid')),
      );
    }
  });
});

describe('the parser of a record type', () => {
  it.each(Object.keys(catalogue) as RecordType[])('is compiled for %s', (type) => {
    // Not compiled, it would do the same forty times slower, and nobody would know.
    expect(() => z.compile(catalogue[type] as z.ZodType, { strict: true })).not.toThrow();
    expect(payloadParser(type)).not.toBe(catalogue[type]);
    expect(payloadParser(type)).toBe(payloadParser(type));
  });
});
