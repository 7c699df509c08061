import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from './canonical-json.js';

const textOf = (value: unknown): string => new TextDecoder().decode(canonicalBytes(value));

describe('the one text of a JSON value', () => {
  it('has its fields in the order of RFC 8785, also those that are numbers', () => {
    expect(textOf({ b: [3, { d: 1, c: 2 }], 9: 1, 10: 2, a: null })).toBe(
      '{"10":2,"9":1,"a":null,"b":[3,{"c":2,"d":1}]}',
    );
  });

  it('is the text that earlier releases signed', () => {
    expect(textOf({ name: 'look', '€': 1e21, '\u{1f600}': -0, list: [], text: '\u000f"\\' })).toBe(
      '{"list":[],"name":"look","text":"\\u000f\\"\\\\","€":1e+21,"😀":0}',
    );
  });

  test.prop([fc.jsonValue()])('says the same value', (value) => {
    expect(JSON.parse(textOf(value))).toEqual(JSON.parse(JSON.stringify(value)));
  });

  it.each([
    ['nothing', undefined],
    ['a number that is none', { n: Number.NaN }],
    ['a number without end', [Number.POSITIVE_INFINITY]],
    ['half a character', 'a\ud800'],
    ['half a character in a name', { 'a\ud800': 1 }],
    ['a big integer', { n: 1n }],
  ])('is refused with a TypeError where there is %s', (_what, value) => {
    expect(() => canonicalBytes(value)).toThrow(TypeError);
  });
});
