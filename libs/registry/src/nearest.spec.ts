import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.js';

describe('the nearest known name', () => {
  it('is the one that was mistyped, abbreviated or spelled in another style', () => {
    const known = ['query', 'max_results', 'language'];
    expect(nearest('max_result', known)).toBe('max_results');
    expect(nearest('maxResults', known)).toBe('max_results');
    expect(nearest('qurey', known)).toBe('query');
    expect(nearest('lang', known)).toBe('language');
  });

  it('is none where nothing is near', () => {
    expect(nearest('colour', ['query', 'max_results'])).toBeUndefined();
    expect(nearest('x', ['y', 'z'])).toBeUndefined();
    expect(nearest('__proto__', ['query'])).toBeUndefined();
    expect(nearest('query', [])).toBeUndefined();
  });

  it('is none for a name that no hand could have meant to type', () => {
    expect(nearest(`query${'y'.repeat(1_000_000)}`, ['query'])).toBeUndefined();
  });

  test.prop([fc.stringMatching(/^[a-z]{5,20}$/), fc.nat()])('survives one lost letter', (name, at) => {
    const index = at % name.length;
    expect(nearest(name.slice(0, index) + name.slice(index + 1), [name, 'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz'])).toBe(
      name,
    );
  });
});
