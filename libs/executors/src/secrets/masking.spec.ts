import type { JsonObject } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { MASK, Masking } from './masking.js';

const SECRET = 'k3y "with" /odd?&= signs';
const masked = (output: JsonObject, secrets = [SECRET]) =>
  new Masking(secrets).executed({ kind: 'output', output, durationMs: 1, retryable: false });

describe('the masking of a call’s secrets', () => {
  it.each([
    ['as it is', SECRET],
    ['within a sentence', `You sent ${SECRET}, did you?`],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in an address', `https://host.example/?key=${encodeURIComponent(SECRET)}`],
    ['in JSON within text', JSON.stringify({ authorization: SECRET })],
  ])('takes them out of an answer, %s', (_form, text) => {
    const result = JSON.stringify(masked({ list: [{ deep: text }], [text]: 1 }));
    expect(result).toContain(MASK);
    expect(result).not.toContain('k3y');
    expect(result).not.toContain(Buffer.from(SECRET).toString('base64'));
  });

  it('takes out the unpacked half of basic credentials', () => {
    const basic = Buffer.from('bot:open sesame').toString('base64');
    expect(masked({ user: 'bot', password: 'open sesame' }, [basic])).toMatchObject({
      output: { user: 'bot', password: MASK },
    });
  });

  it('takes the longer of two first, so that no rest of it stays', () => {
    expect(masked({ text: 'abcdef' }, ['abc', 'abcdef'])).toMatchObject({ output: { text: MASK } });
  });

  it('takes out a number that is one', () => {
    expect(masked({ pin: 48151623, other: 4 }, ['48151623'])).toMatchObject({ output: { pin: MASK, other: 4 } });
  });

  it('takes them out of faults and notes', () => {
    const fault = { code: 'tool/failed', message: `It said ${SECRET}.`, next: SECRET };
    const result = new Masking([SECRET]).executed({ kind: 'unknown', fault, durationMs: 1, retryable: true });
    expect(result).toMatchObject({ fault: { message: `It said ${MASK}.`, next: MASK } });
  });

  it('leaves everything else as it was, however deep and however named', () => {
    const output = JSON.parse(
      `{"__proto__":{"a":1},"list":[1,null,true,"x"],"deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    );
    const result = masked(output);
    if (result.kind !== 'output') throw new Error('no output');
    expect(Object.keys(result.output)).toEqual(['__proto__', 'list', 'deep']);
    expect(Object.getPrototypeOf(result.output)).toBe(Object.prototype);
    expect(result.output.list).toEqual([1, null, true, 'x']);
  });
});
