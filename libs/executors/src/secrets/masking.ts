import type { Fault, JsonObject } from '@voorman/envelope';
import type { Executed } from '../executor.js';

/** What stands where a secret stood. */
export const MASK = '[secret]';

/**
 * Takes the secrets of one call out of everything that comes back from it: an endpoint that repeats what it was sent
 * must not put a key into a record. Also in the forms in which a header or a body is usually repeated.
 */
export class Masking {
  readonly #forms: ReadonlySet<string>;
  readonly #patterns: readonly RegExp[];

  constructor(secrets: Iterable<string>) {
    // Longest first: a secret may be part of another.
    const forms = [...new Set([...secrets].flatMap(formsOf))].sort((a, b) => b.length - a.length);
    this.#forms = new Set(forms);
    // Whoever repeats a long one in other letters repeats it all the same; a short one may be a word of its own then.
    const isLong = (form: string) => form.length >= LONG;
    this.#patterns = [
      pattern(forms.filter(isLong), 'gi'),
      pattern(
        forms.filter((form) => !isLong(form)),
        'g',
      ),
    ].flat();
  }

  /** Everything that leaves the executor. */
  executed(executed: Executed): Executed {
    if (this.#forms.size === 0) return executed;
    if (executed.kind !== 'output') return { ...executed, fault: this.fault(executed.fault) };
    const output = this.#object(executed.output);
    return executed.note === undefined
      ? { ...executed, output }
      : { ...executed, output, note: this.text(executed.note) };
  }

  fault({ code, message, next }: Fault): Fault {
    return { code: this.text(code), message: this.text(message), next: this.text(next) };
  }

  /** What only the operator hears: an error that repeats a secret keeps its sentence and loses the rest. */
  said(said: unknown): unknown {
    if (typeof said === 'string') return this.text(said);
    if (!(said instanceof Error)) return said;
    const isClean = [said.message, said.stack ?? ''].every((words) => this.text(words) === words);
    return isClean ? said : new Error(this.text(said.message));
  }

  text(text: string): string {
    return this.#patterns.reduce((left, forms) => left.replace(forms, MASK), text);
  }

  /** Without recursion: what a service answers may be nested deeper than any stack. */
  #object(output: JsonObject): JsonObject {
    const root: Record<string, unknown> = {};
    const open: [from: object, to: Record<string, unknown> | unknown[]][] = [[output, root]];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [from, to] = next;
      for (const [key, value] of Object.entries(from)) {
        const name = Array.isArray(to) ? key : this.text(key);
        // As a property of its own even where it is called `__proto__`.
        const put = (masked: unknown) =>
          Object.defineProperty(to, name, { value: masked, writable: true, enumerable: true, configurable: true });
        if (value !== null && typeof value === 'object') {
          const inner: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
          put(inner);
          open.push([value, inner]);
        } else put(this.#plain(value));
      }
    }
    return root as JsonObject;
  }

  #plain(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    // A secret of digits comes back as a number where a service reads it so.
    if (typeof value === 'number' && this.#forms.has(String(value))) return MASK;
    return value;
  }
}

/** From so many characters on a form is looked for in capital and small letters alike. */
const LONG = 8;
/** The shortest part of a base64 text that can be told from another. Characters. */
const SHORTEST_INNER = 10;

const escaped = (form: string): string => form.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const pattern = (forms: readonly string[], flags: string): RegExp[] =>
  forms.length === 0 ? [] : [new RegExp(forms.map(escaped).join('|'), flags)];

/** As it is, and as whoever repeats a header, a body or an address may write it. */
function formsOf(secret: string): string[] {
  if (secret === '') return [];
  const bytes = Buffer.from(secret);
  const inJson = asJson(secret);
  const forms = [
    secret,
    secret.trim(),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    ...[0, 1, 2].flatMap((before) => innerBase64(bytes, before)),
    bytes.toString('hex'),
    bytes.toString('hex').replaceAll(/../g, '%$&'),
    encodeURIComponent(secret.toWellFormed()),
    new URLSearchParams({ k: secret.toWellFormed() }).toString().slice(2),
    asHtml(secret),
    ...[inJson, inJson.replaceAll('/', '\\/'), inJson.replaceAll(/[\u0080-\uffff]/g, escapedUnit)].flatMap((json) => [
      json,
      asJson(json),
    ]),
    ...credentialsIn(secret),
  ];
  return forms.filter((form) => form !== '');
}

const asJson = (text: string): string => JSON.stringify(text).slice(1, -1);

const escapedUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

const asHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** What of the base64 of a longer text is this secret's alone, where so many bytes (modulo 3) stand before it. */
function innerBase64(secret: Buffer, before: number): string[] {
  const all = Buffer.concat([Buffer.alloc(before), secret]);
  const inner = all.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((all.length * 8) / 6));
  return inner.length < SHORTEST_INNER ? [] : [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
}

/** `user:password` as a header carries it: a service that repeats who asked has unpacked it. */
function credentialsIn(secret: string): string[] {
  const unpacked = Buffer.from(secret, 'base64').toString('utf8');
  if (Buffer.from(unpacked).toString('base64') !== secret) return [];
  const colon = unpacked.indexOf(':');
  return colon < 0 ? [] : [unpacked, unpacked.slice(colon + 1)];
}
