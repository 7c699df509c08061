import { createHmac } from 'node:crypto';

/** The fewest bytes of a key: a shorter one can be guessed, and with it what was taken out. */
const MIN_KEY_BYTES = 16;

/** Keyed digests: equal values have equal digests under one key, and without the key nobody can try out guesses. */
export class Digester {
  /** @throws {RangeError} for a key of less than 16 bytes. */
  constructor(private readonly key: Uint8Array) {
    if (key.byteLength < MIN_KEY_BYTES) throw new RangeError('A key for digests has at least 16 bytes.');
  }

  /** `hmac-sha256:` and 64 hexadecimal digits; of any JSON, whatever the order of an object's fields. */
  digest(value: unknown): string {
    const hmac = createHmac('sha256', this.key);
    for (const piece of spelled(value)) hmac.update(piece);
    return `hmac-sha256:${hmac.digest('hex')}`;
  }
}

/**
 * What is digested of a value: its keys sorted, a comma after each part. Not the text that is signed (RFC 8785), and it stays
 * as it is: digests on record are compared with new ones. Piece by piece and without recursion, as values from outside may
 * nest deeper than a stack goes.
 */
function* spelled(value: unknown): Generator<string> {
  const open: { readonly text?: string; readonly value?: unknown }[] = [{ value }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.text !== undefined) yield next.text;
    else if (Array.isArray(next.value)) {
      open.push({ text: ']' });
      for (const item of next.value.toReversed()) open.push({ text: ',' }, { value: item });
      open.push({ text: '[' });
    } else if (typeof next.value === 'object' && next.value !== null) {
      open.push({ text: '}' });
      const fields = Object.entries(next.value).sort(([one], [other]) => (one < other ? 1 : -1));
      for (const [key, item] of fields) open.push({ text: ',' }, { value: item }, { text: `${JSON.stringify(key)}:` });
      open.push({ text: '{' });
    } else yield JSON.stringify(next.value) ?? 'null';
  }
}
