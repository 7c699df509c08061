import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillIn } from './literal.ts';

describe('a template filled in from lines', () => {
  it('shows the values that never change, and wildcards for the others', () => {
    const lines = ['a 1 ms: 8 of 8 in use', 'a 7 ms: 8 of 8 in use'].map((line) => `10:00 ERROR pool ${line}`);
    expect(fillIn('pool a <num> ms: <num> of <num> in use', lines)).toBe('pool a <num> ms: 8 of 8 in use');
  });

  it('finds a message within JSON, behind a service that stands elsewhere', () => {
    expect(
      fillIn('checkout: version <num> ready', ['{"service":"checkout","msg":"version 1.9.0 ready","pool":8}']),
    ).toBe('checkout: version 1.9.0 ready');
    expect(fillIn('answered in <num>', ['{"msg":"answered in 12","pool":8}'])).toBe('answered in 12');
  });

  it('leaves the cause as it is', () => {
    expect(fillIn('order <num> lost / cause: E<num>', ['x order 7 lost'])).toBe('order 7 lost / cause: E<num>');
  });

  it('is not made from lines that do not contain it', () => {
    expect(fillIn('order <num> lost', ['order 7 lost', 'something else'])).toBeUndefined();
    expect(fillIn('<num> <num>', ['1 2'])).toBeUndefined();
  });

  it('survives any text without being taken for a pattern', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const words = (text: string) => text.replace(/[\s<>]/g, '');
        const template = `lost ${words(before)} <num> ${words(after)} end`;
        const line = template.replace('<num>', '42');
        expect(fillIn(template, [line])?.split(' / cause: ')[0]).toBe(line.split(' / cause: ')[0]);
      }),
    );
  });
});
