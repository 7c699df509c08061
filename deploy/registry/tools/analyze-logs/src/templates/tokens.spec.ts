import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers, MAX_TOKENS, similarity, tokensOf, widen } from './tokens.ts';

const tokens = fc.constantFrom(
  'a',
  'b',
  'k=a',
  'k=b',
  'x:1',
  'x:2',
  '/v/a',
  '/v/b',
  '<num>',
  '<ip>',
  '<*>',
  '<path>',
  'k=<*>',
  '',
  '=',
);

describe('a wildcard', () => {
  it('is the narrowest that stands for both tokens', () => {
    expect([widen('a', 'a'), widen('/v/a', '/v/b'), widen('k=a', 'k=b'), widen('a', '<num>')]).toEqual([
      'a',
      '<path>',
      'k=<*>',
      '<*>',
    ]);
  });

  it('stands for every token that it was widened to, however often', () => {
    fc.assert(
      fc.property(fc.array(tokens, { minLength: 1, maxLength: 6 }), (all) => {
        const [first = '', ...rest] = all;
        const wildcard = rest.reduce(widen, first);
        for (const token of all) expect(covers(wildcard, token)).toBe(true);
      }),
    );
  });

  it('stands for its kind, and for no more', () => {
    expect([covers('<path>', '/v/a'), covers('k=<*>', 'k=z'), covers('<*>', 'a')]).toEqual([true, true, true]);
    expect([covers('<path>', 'a'), covers('k=<*>', 'j=a'), covers('a', 'b')]).toEqual([false, false, false]);
  });
});

describe('the similarity of two messages', () => {
  it('counts words for more than wildcards', () => {
    const one = tokensOf('read <num> <num> <num>');
    expect(similarity(one, tokensOf('sent <num> <num> <num>'))).toBeLessThan(0.5);
    expect(similarity(one, one)).toBe(1);
  });

  it('is none where a word tells the opposite', () => {
    expect(similarity(tokensOf('the link to peer is up'), tokensOf('the link to peer is down'))).toBe(0);
  });
});

describe('the words of a message', () => {
  it('are cut where nobody reads any more', () => {
    expect(tokensOf('w '.repeat(500))).toHaveLength(MAX_TOKENS + 1);
  });
});
