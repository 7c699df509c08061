import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idempotencyKey, type KnownCall } from './idempotency-key.js';
import { tokens } from './testing/index.js';
import { isToken } from './token.js';

const call: KnownCall = { tenant: 'acme', session: 's1', bot: 'a-bot', callId: 'c1' };

// Few letters, so that neighbours which only differ in where one word ends and the next begins come up.
const word = fc.string({ unit: fc.constantFrom('a', 'b', '-', '"', ',', '.', '\\'), minLength: 1, maxLength: 4 });
const anyCall = fc.record({ tenant: word, session: word, bot: word, callId: word });

describe('an idempotency key', () => {
  it('is a token, so that it fits into a header, a URL and a subject', () => {
    fc.assert(
      fc.property(tokens, tokens, (bot, callId) => {
        const key = idempotencyKey({ ...call, bot, callId });
        expect(isToken(key)).toBe(true);
        expect(encodeURIComponent(key)).toBe(key);
      }),
    );
  });

  it('stays what it is from release to release: a service may see the same call before and after one', () => {
    expect(idempotencyKey(call)).toBe('yWtIDDqzgsESEvBmqBxANy4FSRultPHMws-12S_QQhE');
    expect(idempotencyKey({ ...call })).toBe(idempotencyKey(call));
  });

  it('is another one for another bot, session or tenant, even where a bot uses the call id of another', () => {
    const keys = [
      call,
      { ...call, bot: 'evil-bot' },
      { ...call, session: 's2' },
      { ...call, tenant: 'zenith' },
      { ...call, callId: 'c2' },
    ].map(idempotencyKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is equal for equal calls only, however their words run into each other', () => {
    fc.assert(
      fc.property(anyCall, anyCall, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(idempotencyKey(one) === idempotencyKey(other)).toBe(isSame);
      }),
      { numRuns: 1_000 },
    );
    const [ab, c] = [
      { ...call, bot: 'ab', callId: 'c' },
      { ...call, bot: 'a', callId: 'bc' },
    ];
    expect(idempotencyKey(ab)).not.toBe(idempotencyKey(c));
  });

  it('does not give the call id away', () => expect(idempotencyKey(call)).not.toContain(call.callId));
});
