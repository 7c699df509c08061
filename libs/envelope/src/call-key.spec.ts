import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type CallIdentity, callKey, canonical } from './call-key.js';
import { isToken } from './token.js';

const json = fc.jsonValue({ maxDepth: 3 });
const calls: fc.Arbitrary<CallIdentity> = fc.record({
  tool: fc.string(),
  arguments: fc.dictionary(fc.string(), json) as fc.Arbitrary<CallIdentity['arguments']>,
  task: fc.string(),
  step: fc.string(),
});

/** The same value with the keys of every object in reverse. */
const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, turned(inner)]),
  );
};

const spelled = (value: unknown): string => JSON.stringify(canonical(value));

describe('the key of a call', () => {
  it('stays what it was in earlier releases', () => {
    const call = { tool: 'search_web', arguments: { query: 'nats', max_results: 5 }, task: 'uuid-1234', step: 'look' };
    expect(callKey(call)).toBe('d76aa2ae87d70b2c9925dd604e1a6f6f');
    const odd = { ...call, arguments: { b: { 10: 1, 9: 2 }, 10: 'x', 9: 'y', a: 'half \ud800' } };
    expect(callKey(odd)).toBe('ba6fcb54943abdf7d7fd48caaec3d553');
  });

  test.prop([calls])('is a token, whatever the call is', (call) => {
    expect(callKey(call)).toMatch(/^[0-9a-f]{32}$/);
    expect(isToken(callKey(call))).toBe(true);
  });

  test.prop([calls])('does not depend on the order of keys, nor on a trip through JSON', (call) => {
    const key = callKey(call);
    expect(callKey({ ...call, arguments: turned(call.arguments) as CallIdentity['arguments'] })).toBe(key);
    expect(callKey(JSON.parse(JSON.stringify(call)))).toBe(key);
  });

  test.prop([calls, calls])('is another for any other tool, arguments, task or step', (one, other) => {
    for (const part of ['tool', 'arguments', 'task', 'step'] as const) {
      const changed = { ...one, [part]: other[part] };
      expect(callKey(changed) === callKey(one)).toBe(spelled(changed[part]) === spelled(one[part]));
    }
  });

  it('tells a list from its order, a number from its text, and a part from its neighbour', () => {
    const keys = [
      { a: [1, 2] },
      { a: [2, 1] },
      { a: ['1', 2] },
      { a: { 0: 1, 1: 2 } },
      { a: null },
      {},
      JSON.parse('{"__proto__":{"a":1}}'),
    ].map((given) => callKey({ tool: 't', arguments: given, task: 'x', step: 'y' }));
    keys.push(
      callKey({ tool: 't', arguments: {}, task: 'xy', step: '' }),
      callKey({ tool: 'tx', arguments: {}, task: '', step: 'y' }),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });
});
