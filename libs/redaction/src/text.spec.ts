import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { secretDetectors, spansIn } from './detectors.js';
import { API_KEYS, HARMLESS, JWT_SAMPLE, PERSONAL, PRIVATE_KEYS, SECRETS_IN_TEXT } from './testing/samples.js';
import { redactText } from './text.js';

describe('a line for a log', () => {
  it.each(Object.entries(API_KEYS))('loses a key of %s, whole, and keeps its surroundings', (_name, key) => {
    expect(redactText(`begin (${key}) end`)).toBe('begin ([redacted:api-key]) end');
    expect(redactText(key)).toBe('[redacted:api-key]');
    expect(redactText(JSON.stringify({ value: key }))).toBe('{"value":"[redacted:api-key]"}');
  });

  it.each(PRIVATE_KEYS)('loses a private key, whole, also where its lines are escaped', (key) => {
    expect(redactText(`a ${key} b`)).toBe('a [redacted:private-key] b');
    expect(redactText(JSON.stringify({ key, more: 1 }))).toBe('{"key":"[redacted:private-key]","more":1}');
  });

  it('loses a private key that is cut off, up to the end', () => {
    expect(redactText((PRIVATE_KEYS[0] ?? '').slice(0, 90))).toBe('[redacted:private-key]');
  });

  it('loses a JSON web token with its signature', () => {
    expect(redactText(`got ${JWT_SAMPLE}, ok`)).toBe('got [redacted:jwt], ok');
  });

  it.each(SECRETS_IN_TEXT)('loses the secret of: %s', (text, secret) => {
    expect(redactText(text)).not.toContain(secret);
    expect(redactText(JSON.stringify({ text }))).not.toContain(secret);
    expect(() => JSON.parse(redactText(JSON.stringify({ text })))).not.toThrow();
  });

  it('keeps host and user of an address', () => {
    expect(redactText('postgres://app:hunter2@db.corp/orders')).toBe(
      'postgres://app:[redacted:password]@db.corp/orders',
    );
  });

  it.each(HARMLESS)('stays as it is where it holds no secret: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('keeps personal data: an operator may have to know whom a fault is about', () => {
    expect(redactText(`mail to ${PERSONAL.email?.[0]} failed`)).toContain('ada.lovelace');
  });

  test.prop([fc.array(fragments())])(
    'is the same when it is treated twice, and no detector finds anything in it',
    (parts) => {
      const once = redactText(parts.join(''));
      expect(spansIn(once, secretDetectors)).toEqual([]);
      expect(redactText(once)).toBe(once);
    },
  );
});

/** Pieces of secrets, of what surrounds them, and anything else. */
function fragments(): fc.Arbitrary<string> {
  const words = SECRETS_IN_TEXT.flatMap(([text]) => text.split(/(?<=[:=@ "'])/));
  return fc.oneof(
    fc.constantFrom(
      ...words,
      ...Object.values(API_KEYS),
      JWT_SAMPLE,
      ...PRIVATE_KEYS,
      '[redacted:',
      ']',
      '\\',
      '"',
      '\n',
    ),
    fc.string({ unit: 'binary' }),
  );
}
