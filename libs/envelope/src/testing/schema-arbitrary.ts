import fc from 'fast-check';
import { z } from 'zod';

/** What this file reads of a JSON Schema: the keywords that zod writes for the schemas of the contract. */
interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string;
  readonly const?: string | number | boolean;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

/** Any UTF-16, halves of pairs included. (fast-check's own `binary` first lists all of Unicode, for seconds.) */
export const anyText = (constraints: fc.StringSharedConstraints = {}): fc.Arbitrary<string> =>
  fc.string({
    ...constraints,
    unit: fc
      .oneof(
        { weight: 4, arbitrary: fc.integer({ min: 0, max: 0xff }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
      )
      .map((code) => String.fromCharCode(code)),
  });

/** JSON as it comes off the wire, where there is no -0; without the one name that no payload keeps. */
const json = fc
  .jsonValue({ maxDepth: 3 })
  .map((value): unknown => JSON.parse(JSON.stringify(value)))
  .filter((value) => !JSON.stringify(value).includes('"__proto__"'));

/** Short values mostly, and now and then one as long as the schema lets it be. */
const textBetween = (min: number, max: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      { weight: 9, arbitrary: anyText({ minLength: min, maxLength: Math.min(max, min + 12) }) },
      { weight: 1, arbitrary: fc.constant('ü'.repeat(Math.min(max, 2_000))) },
    )
    .filter((text) => text.length >= min && text.length <= max);

/** Values of a zod schema, as they look once parsed. Fails on what it cannot read, so that no field goes untested. */
export function arbitraryOf<T extends z.ZodType>(schema: T): fc.Arbitrary<z.output<T>> {
  const whole = z.toJSONSchema(schema, { io: 'output' }) as Schema;
  return valuesOf(whole, whole.$defs ?? {}) as fc.Arbitrary<z.output<T>>;
}

function valuesOf(schema: Schema, defs: Readonly<Record<string, Schema>>): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return referenced(schema.$ref, defs);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => valuesOf(one, defs)));
  switch (schema.type) {
    case 'string':
      return text(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1_000, max: Math.min(schema.maximum ?? 1_000, 2 ** 31 - 1) });
    case 'number':
      return fc
        .double({
          min: schema.minimum ?? -1e9,
          ...(schema.maximum === undefined ? {} : { max: schema.maximum }),
          noNaN: true,
          noDefaultInfinity: true,
        })
        .map((n) => n + 0);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, defs), { minLength: schema.minItems ?? 0, maxLength: 3 });
    case 'object':
      return object(schema, defs);
    case undefined:
      return json;
    default:
      throw new TypeError(`Nothing is known about ${JSON.stringify(schema)}.`);
  }
}

/** A definition by its name; zod's own recursive ones stand for any JSON. */
function referenced(ref: string, defs: Readonly<Record<string, Schema>>): fc.Arbitrary<unknown> {
  const name = ref.replace('#/$defs/', '');
  const found = defs[name];
  if (found === undefined) throw new TypeError(`There is no definition ${ref}.`);
  return name.startsWith('__schema') ? json : valuesOf(found, defs);
}

function text(schema: Schema): fc.Arbitrary<string> {
  if (schema.format === 'date-time') {
    const max = new Date('9999-12-31T23:59:59.999Z');
    return fc.date({ min: new Date(0), max, noInvalidDate: true }).map((date) => date.toISOString());
  }
  if (schema.pattern === undefined) return textBetween(schema.minLength ?? 0, schema.maxLength ?? 100);
  const pattern = new RegExp(schema.pattern, 'u');
  // What fast-check cannot build from a pattern is drawn from plain text and picked out.
  const candidates = schema.pattern.includes('\\p{')
    ? anyText({ minLength: 1, maxLength: 20 })
    : fc.stringMatching(new RegExp(schema.pattern));
  return candidates.filter((given) => pattern.test(given) && given.length <= (schema.maxLength ?? 1_000));
}

function object(schema: Schema, defs: Readonly<Record<string, Schema>>): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {}).filter(([, inner]) => !('not' in inner));
  const known = fc.record(Object.fromEntries(properties.map(([name, inner]) => [name, valuesOf(inner, defs)])), {
    requiredKeys: properties.map(([name]) => name).filter((name) => schema.required?.includes(name)),
  });
  if (schema.additionalProperties === undefined || schema.additionalProperties === false) return known;
  const names = fc.string().filter((name) => name !== '__proto__' && !properties.some(([taken]) => taken === name));
  return fc.tuple(fc.dictionary(names, json, { maxKeys: 3 }), known).map(([more, own]) => ({ ...more, ...own }));
}
