import { test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { notTokens, tokens } from './testing/arbitraries.js';
import { isToken, requireToken, Token } from './token.js';

describe('a token', () => {
  test.prop([tokens])('passes unchanged', (token) => {
    expect(requireToken('tenant', token)).toBe(token);
    expect(isToken(token)).toBe(true);
    expect(Token.parse(token)).toBe(token);
  });

  test.prop([notTokens])('is refused by name where it could be read as something else', (text) => {
    expect(() => requireToken('tenant', text)).toThrow(
      expect.objectContaining({ code: 'envelope/invalid-token', field: 'tenant' }),
    );
    expect(isToken(text)).toBe(false);
    expect(Token.safeParse(text).success).toBe(false);
  });

  it('is short in the sentence that refuses it', () => {
    expect(() => requireToken('task', 'x'.repeat(1_000_000))).toThrow(/^task "x{80}" is not a valid token\.$/);
  });
});
