import type { Fault, JsonObject } from '@voorman/envelope';
import type { Executed } from '../executor.js';

/** What stands where a secret stood. */
export const MASK = '[secret]';

/**
 * Takes the secrets of one call out of everything that comes back from it: an endpoint that repeats what it was sent
 * must not put a key into a record. Also in the forms in which a header or a body is usually repeated.
 */
export class Masking {
  /** Longest first: a secret may be part of another. */
  readonly #forms: readonly string[];

  constructor(secrets: Iterable<string>) {
    const forms = new Set([...secrets].flatMap(formsOf));
    this.#forms = [...forms].sort((a, b) => b.length - a.length);
  }

  /** Everything that leaves the executor. */
  executed(executed: Executed): Executed {
    if (this.#forms.length === 0) return executed;
    if (executed.kind !== 'output') return { ...executed, fault: this.fault(executed.fault) };
    const output = this.#object(executed.output);
    return executed.note === undefined
      ? { ...executed, output }
      : { ...executed, output, note: this.text(executed.note) };
  }

  fault({ code, message, next }: Fault): Fault {
    return { code: this.text(code), message: this.text(message), next: this.text(next) };
  }

  text(text: string): string {
    return this.#forms.reduce((left, form) => left.replaceAll(form, MASK), text);
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
    if (typeof value === 'number' && this.#forms.includes(String(value))) return MASK;
    return value;
  }
}

function formsOf(secret: string): string[] {
  if (secret === '') return [];
  const bytes = Buffer.from(secret);
  const forms = [
    secret,
    secret.trim(),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    encodeURIComponent(secret.toWellFormed()),
    JSON.stringify(secret).slice(1, -1),
    ...credentialsIn(secret),
  ];
  return forms.filter((form) => form !== '');
}

/** `user:password` as a header carries it: a service that repeats who asked has unpacked it. */
function credentialsIn(secret: string): string[] {
  const unpacked = Buffer.from(secret, 'base64').toString('utf8');
  if (Buffer.from(unpacked).toString('base64') !== secret) return [];
  const colon = unpacked.indexOf(':');
  return colon < 0 ? [] : [unpacked, unpacked.slice(colon + 1)];
}
