import { fc, test } from '@fast-check/vitest';
import type { JsonObject } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { detectorsBut, spansIn } from './detectors.js';
import { Digester } from './digest.js';
import { MAX_LISTED, redact, redactSecrets } from './redact.js';
import { API_KEYS, HARMLESS, PERSONAL, SECRETS_IN_TEXT } from './testing/samples.js';

const digester = new Digester(Buffer.from('a key for these specs only'));
const clean = (value: JsonObject, fields: string[] = [], keep: string[] = []) =>
  redact(value, { fields, keep, digester });
const EMAIL = 'ada@example.org';

describe('a value', () => {
  it.each(Object.entries(PERSONAL).flatMap(([kind, all]) => all.map((one) => [kind, one])))(
    'loses the %s %s, and keeps what stands around it',
    (kind, given) => {
      const { value, redacted } = clean({ note: `see: ${given}, AND MORE 12` });
      expect(value).toEqual({ note: `see: [redacted:${kind}], AND MORE 12` });
      expect(redacted).toEqual([
        { pointer: '/note', kind, digest: expect.stringMatching(/^hmac-sha256:[0-9a-f]{64}$/) },
      ]);
      expect(clean({ note: given ?? '' }, [], [kind ?? '']).value).toEqual({ note: given });
    },
  );

  it.each(HARMLESS)('stays the very same object where there is nothing to take out: %s', (text) => {
    const value = { text, list: [1, true, null, { text }] };
    expect(clean(value, ['/nowhere/*/else']).value).toBe(value);
  });

  it('loses the fields that are named, whatever they hold, and says where they stood', () => {
    const rows = [
      { id: 1, who: { name: 'Ada' } },
      { id: 2, who: { name: 'Joe' } },
    ];
    const { value, redacted } = clean({ rows, 'a/b': 7, none: null }, ['/rows/*/who', '/a~1b', '/missing']);
    expect(value).toEqual({
      rows: [
        { id: 1, who: '[redacted:field]' },
        { id: 2, who: '[redacted:field]' },
      ],
      'a/b': '[redacted:field]',
      none: null,
    });
    expect(redacted.map(({ pointer }) => pointer)).toEqual(['/rows/0/who', '/rows/1/who', '/a~1b']);
  });

  it('loses what stands under the name of a secret, in lists too, and in an object that a pointer passes', () => {
    const given = { db: { Password: 'swordfish', passwordHint: 'fish' }, headers: { 'set-cookie': ['a=b', 'c=d'] } };
    expect(clean(given, ['/db/Password/x', '/*/y']).value).toEqual({
      db: { Password: '[redacted:password]', passwordHint: 'fish' },
      headers: { 'set-cookie': ['[redacted:secret]', '[redacted:secret]'] },
    });
  });

  it('loses a number under the name of a secret, unless it only counts', () => {
    expect(clean({ password: 12345, passwords: 3, tokens: 12345 }).value).toEqual({
      password: '[redacted:password]',
      passwords: 3,
      tokens: 12345,
    });
  });

  it('keeps what a signature, a session or a next page is known by', () => {
    const random = 'q8w7e6r5t4y3u2i1o0pa';
    const value = { sig: random, session_id: random, nextPageToken: random, page_token: random, signatures: [random] };
    expect(clean(value).value).toBe(value);
    expect(clean({ access_token: random }).value).toEqual({ access_token: '[redacted:secret]' });
  });

  it('loses secrets even where all personal data may stay', () => {
    expect(clean({ a: API_KEYS.github ?? '', b: EMAIL }, [], [...Object.keys(PERSONAL), 'api-key']).value).toEqual({
      a: '[redacted:api-key]',
      b: EMAIL,
    });
  });

  it('holds no secret in its keys, which stay apart, nor in the pointers that are told', () => {
    const { value, redacted } = clean({
      [EMAIL]: { x: 'joe@example.org' },
      'joe@example.org': 2,
      '[redacted:email]': 3,
    });
    expect(value).toEqual({
      '#2 [redacted:email]': { x: '[redacted:email]' },
      '#3 [redacted:email]': 2,
      '[redacted:email]': 3,
    });
    expect(JSON.stringify(redacted)).not.toContain('example.org');
  });

  it('keeps a field named __proto__ a plain field', () => {
    const { value } = clean(JSON.parse(`{"__proto__": {"mail": "${EMAIL}"}, "constructor": "x"}`));
    expect(JSON.stringify(value)).toBe('{"__proto__":{"mail":"[redacted:email]"},"constructor":"x"}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it('shows by its digest that two values are equal, however they are written, and only under one key', () => {
    const [spaced, bare] = [clean({ a: '4111 1111 1111 1111' }), clean({ b: 'x 4111111111111111' })];
    expect(spaced.redacted[0]?.digest).toBe(bare.redacted[0]?.digest);
    expect(clean({ a: EMAIL }).redacted[0]?.digest).toBe(clean({ a: EMAIL }, ['/a']).redacted[0]?.digest);
    const other = redact({ a: EMAIL }, { digester: new Digester(Buffer.from('another key, as long')) });
    expect(other.redacted[0]?.digest).not.toBe(clean({ a: EMAIL }).redacted[0]?.digest);
    const object = clean({ a: { x: 1, y: [2] } }, ['/a']).redacted[0]?.digest;
    expect(clean({ a: { y: [2], x: 1 } }, ['/a']).redacted[0]?.digest).toBe(object);
    expect(clean({ a: { y: [2], x: '1' } }, ['/a']).redacted[0]?.digest).not.toBe(object);
  });

  it('loses what nests too deep for a record, and is read to the end all the same', () => {
    let deep: JsonObject = { mail: EMAIL };
    for (let level = 0; level < 100_000; level++) deep = { deep };
    const { value, redacted } = clean(deep);
    expect(JSON.stringify(value)).toContain('[redacted:too-deep]');
    expect(redacted).toHaveLength(1);
  });

  it('lists no more than a record holds, and takes out the rest all the same', () => {
    const mails = Array.from({ length: MAX_LISTED + 5 }, (_, index) => `u${index}@example.org`);
    const { value, redacted } = clean({ mails });
    expect(redacted).toHaveLength(MAX_LISTED);
    expect(JSON.stringify(value)).not.toContain('@');
  });

  test.prop([values()])('is the same when it is treated twice, and no detector finds anything in it', (given) => {
    const once = clean(given, ['/a/*']);
    expect(clean(once.value, ['/a/*']).value).toEqual(once.value);
    for (const text of textsIn(once.value)) expect(spansIn(text, detectorsBut([]))).toEqual([]);
  });

  it('loses only its secrets where nothing lists them', () => {
    expect(redactSecrets({ a: `password=hunter2 ${EMAIL}` })).toEqual({ a: `password=[redacted:password] ${EMAIL}` });
  });
});

describe('a key for digests', () => {
  it('is refused where it could be guessed', () => {
    expect(() => new Digester(Buffer.from('short'))).toThrow('16 bytes');
  });
});

function values(): fc.Arbitrary<JsonObject> {
  const words = [
    ...Object.values(PERSONAL).flat(),
    ...SECRETS_IN_TEXT.map(([text]) => text),
    ...Object.values(API_KEYS),
    ...['[redacted:email]', 'password', ' ', '@', '+', '-', '.'],
  ];
  const text = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary' })), { maxLength: 4 });
  const joined = text.map((parts) => parts.join(''));
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      joined,
      fc.integer(),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(joined, fc.constantFrom('a', 'password')), tie('tree'), { maxKeys: 3 }),
    ),
  }));
  return fc.record({ a: tree, b: tree }) as fc.Arbitrary<JsonObject>;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(textsIn)];
}
