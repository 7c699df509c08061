import canonicalize from 'canonicalize';

/**
 * A JSON value as the one text that stands for it (RFC 8785): what is signed must not depend on spaces or on the order of
 * keys.
 * @throws {TypeError} it is no JSON value, or holds half a character, which has no UTF-8.
 */
export function canonicalBytes(value: unknown): Uint8Array<ArrayBuffer> {
  const text = canonicalText(value);
  if (text === undefined) throw new TypeError('Only a JSON value has a canonical form.');
  return new TextEncoder().encode(text);
}

function canonicalText(value: unknown): string | undefined {
  try {
    return canonicalize(value);
  } catch (cause) {
    throw new TypeError('Only a JSON value has a canonical form.', { cause });
  }
}
