import type { JsonSchema } from '@voorman/registry';
import fc from 'fast-check';

/** Keywords of JSON Schema that steer what is generated; the rest is left to a filter. */
interface Shape {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly items?: Shape | boolean;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Shape | boolean>>;
  readonly required?: readonly string[];
}

/** Texts that have broken programs before: empty, long, of other scripts, or read as something else somewhere. */
const AWKWARD: readonly string[] = [
  '',
  ' ',
  '\u0000',
  '\u202Eabc',
  '🧨',
  'é',
  '0',
  '-1',
  '1e309',
  'null',
  'true',
  '../../etc/passwd',
  "' OR 1=1 --",
  '{{7*7}}',
  '\u0024{7*7}',
  '<script>alert(1)</script>',
  '%00',
  '\r\nX-Injected: 1',
  'A'.repeat(10_000),
];

const LIMITS = { text: 40, list: 3, depth: 4 } as const;

/**
 * Values that a schema means to allow, on and beside its bounds. Not every one is valid (keywords that are not read here
 * may refuse it): filter them by the schema's own check.
 */
export function valuesOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const defs = (schema.$defs ?? {}) as Readonly<Record<string, Shape>>;
  return values(schema as Shape, defs, 0);
}

function values(shape: Shape | boolean, defs: Readonly<Record<string, Shape>>, depth: number): fc.Arbitrary<unknown> {
  if (typeof shape === 'boolean') return anyJson(depth);
  if (shape.$ref !== undefined) {
    const found = defs[shape.$ref.replace('#/$defs/', '')];
    return found === undefined || depth > LIMITS.depth ? anyJson(depth) : values(found, defs, depth + 1);
  }
  if (shape.const !== undefined) return fc.constant(shape.const);
  if (shape.enum !== undefined) return fc.constantFrom(...shape.enum);
  const choices = shape.anyOf ?? shape.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => values(choice, defs, depth + 1)));
  const types = shape.type === undefined ? [] : [shape.type].flat();
  if (types.length === 0) return shape.properties ? objects(shape, defs, depth) : anyJson(depth);
  return fc.oneof(...types.map((type) => ofType(type, shape, defs, depth)));
}

function ofType(
  type: string,
  shape: Shape,
  defs: Readonly<Record<string, Shape>>,
  depth: number,
): fc.Arbitrary<unknown> {
  if (type === 'string') return texts(shape);
  if (type === 'integer') return integers(shape);
  if (type === 'number') return numbers(shape);
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'array') {
    const minLength = shape.minItems ?? 0;
    const maxLength = Math.max(minLength, Math.min(shape.maxItems ?? LIMITS.list, minLength + LIMITS.list));
    return fc.array(values(shape.items ?? true, defs, depth + 1), { minLength, maxLength });
  }
  return objects(shape, defs, depth);
}

function objects(shape: Shape, defs: Readonly<Record<string, Shape>>, depth: number): fc.Arbitrary<unknown> {
  const fields = Object.entries(shape.properties ?? {});
  if (fields.length === 0) return fc.dictionary(fc.string({ maxLength: 8 }), anyJson(depth + 1), { maxKeys: 3 });
  const required = new Set(shape.required);
  return fc.record(Object.fromEntries(fields.map(([name, inner]) => [name, values(inner, defs, depth + 1)])), {
    requiredKeys: fields.map(([name]) => name).filter((name) => required.has(name)),
  });
}

function texts(shape: Shape): fc.Arbitrary<string> {
  const { pattern, format, minLength = 0, maxLength = Number.MAX_SAFE_INTEGER } = shape;
  const known = format === undefined ? undefined : formats[format];
  if (known !== undefined) return known;
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  if (minLength > maxLength) return fc.constant('');
  const fits = (text: string) => [...text].length >= minLength && [...text].length <= maxLength;
  const bounds = [minLength, Math.min(maxLength, 100_000)].map((length) => 'x'.repeat(length)).filter(fits);
  return fc.oneof(
    fc.string({ minLength, maxLength: Math.min(maxLength, minLength + LIMITS.text), unit: 'grapheme' }),
    fc.constantFrom(...bounds, ...AWKWARD.filter(fits)),
  );
}

const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'date-time': fc.date({ noInvalidDate: true, min: new Date(0) }).map((date) => date.toISOString()),
  date: fc.date({ noInvalidDate: true, min: new Date(0) }).map((date) => date.toISOString().slice(0, 10)),
  email: fc.emailAddress(),
  uri: fc.webUrl(),
  uuid: fc.uuid(),
  ipv4: fc.ipV4(),
  ipv6: fc.ipV6(),
  hostname: fc.domain(),
};

function integers(shape: Shape): fc.Arbitrary<number> {
  const min = Math.max(
    Math.ceil(shape.minimum ?? Number.MIN_SAFE_INTEGER),
    Math.floor(shape.exclusiveMinimum ?? Number.MIN_SAFE_INTEGER - 1) + 1,
    Number.MIN_SAFE_INTEGER,
  );
  const max = Math.min(
    Math.floor(shape.maximum ?? Number.MAX_SAFE_INTEGER),
    Math.ceil(shape.exclusiveMaximum ?? Number.MAX_SAFE_INTEGER + 1) - 1,
    Number.MAX_SAFE_INTEGER,
  );
  // Bounds that leave nothing: no value fits, and the filter after us says so.
  if (min > max) return fc.constant(min);
  const near = [min, min + 1, -1, 0, 1, max - 1, max].filter((n) => n >= min && n <= max);
  const small = { min: Math.max(min, -1_000), max: Math.min(max, 1_000) };
  return fc.oneof(
    fc.integer({ min, max }),
    fc.integer(small.min > small.max ? { min, max } : small),
    fc.constantFrom(...near),
  );
}

function numbers(shape: Shape): fc.Arbitrary<number> {
  const min = shape.minimum ?? shape.exclusiveMinimum ?? -1e308;
  const max = shape.maximum ?? shape.exclusiveMaximum ?? 1e308;
  if (min > max) return fc.constant(min);
  const near = [min, 0, 0.1, Number.MIN_VALUE, max].filter((n) => n >= min && n <= max);
  return fc.oneof(
    fc.double({ min, max, noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
    fc.constantFrom(...near),
  );
}

const anyJson = (depth: number): fc.Arbitrary<unknown> =>
  fc
    .jsonValue({ maxDepth: Math.max(0, LIMITS.depth - depth) })
    .map((value): unknown => JSON.parse(JSON.stringify(value)));
