import { gapsBetween, type JsonSchema } from '@voorman/registry';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valuesOf } from './schema-values.js';

/** Judges numbers as the gateway does. */
const ajv = new Ajv2020({ strict: false, logger: false, multipleOfPrecision: 6 });
const checkOf = (schema: JsonSchema) => ajv.compile(schema);

const whole = fc.integer({ min: -3, max: 3 });
const size = fc.integer({ min: 0, max: 3 });
const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 3 });
const plain = (record: object): JsonSchema =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
const name = fc.constantFrom('a', 'b', 'c');
const constants = fc.constantFrom<unknown>('', 'x', 'xy', 0, 1, -2, 0.5, null, true, false);

/** Small schemas with every keyword that is compared, over few names and small numbers, so that two often have to do with each other. */
const { schema } = fc.letrec<{ schema: JsonSchema; object: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'schema' },
    fc
      .record({
        type: fc.constantFrom('integer', 'number'),
        minimum: some(whole),
        exclusiveMaximum: some(whole),
        multipleOf: some(fc.constantFrom(1, 2, 0.5)),
      })
      .map(plain),
    fc
      .record({
        type: fc.constant('string'),
        minLength: some(size),
        maxLength: some(size),
        pattern: some(fc.constantFrom('^x', 'y$')),
      })
      .map(plain),
    fc.record({ enum: fc.uniqueArray(constants, { minLength: 1, maxLength: 4 }) }),
    fc.record({ const: constants }),
    fc.record({
      type: fc.uniqueArray(fc.constantFrom('null', 'boolean', 'string', 'integer', 'array', 'object'), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
    fc.constant({}),
    fc
      .record({
        type: fc.constant('array'),
        items: some(tie('schema')),
        prefixItems: some(fc.array(tie('schema'), { minLength: 1, maxLength: 2 })),
        minItems: some(size),
        maxItems: some(size),
      })
      .map(plain),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }), not: some(tie('schema')) }).map(plain),
    tie('object'),
    tie('object'),
  ),
  object: fc
    .record({
      type: fc.constant('object'),
      properties: some(fc.dictionary(name, tie('schema'), { maxKeys: 3 })),
      required: some(fc.uniqueArray(name, { maxLength: 2 })),
      additionalProperties: some(fc.oneof(fc.boolean(), tie('schema'))),
      patternProperties: some(fc.dictionary(fc.constantFrom('^a', 'c$'), tie('schema'), { maxKeys: 1 })),
      unevaluatedProperties: fc.option(fc.constant(false), { nil: undefined, freq: 6 }),
      anyOf: fc.option(fc.array(tie('object'), { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 6 }),
      minProperties: fc.option(size, { nil: undefined, freq: 6 }),
      maxProperties: fc.option(size, { nil: undefined, freq: 6 }),
    })
    .map(plain),
}));

/** A schema near another one: one keyword somewhere gone, or taken from a third. */
const near = (given: JsonSchema, other: JsonSchema, where: readonly number[], isGone: boolean): JsonSchema => {
  const [first = 0, ...rest] = where;
  const keys = Object.keys(given);
  const key = keys[first % Math.max(1, keys.length)];
  if (key === undefined) return other;
  const inner = given[key];
  if (rest.length > 0 && typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
    return { ...given, [key]: near(inner as JsonSchema, other, rest, isGone) };
  }
  const { [key]: _gone, ...left } = given;
  return isGone ? left : { ...other, ...left };
};

const isSchema = (given: JsonSchema): boolean => ajv.validateSchema(given) === true;

const pairs = fc
  .oneof(
    fc.tuple(schema, schema),
    fc
      .tuple(schema, schema, fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }), fc.boolean())
      .map(([one, other, where, isGone]): [JsonSchema, JsonSchema] => [one, near(one, other, where, isGone)]),
    fc
      .tuple(schema, schema, fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }), fc.boolean())
      .map(([one, other, where, isGone]): [JsonSchema, JsonSchema] => [near(one, other, where, isGone), one]),
  )
  .filter(([narrow, wide]) => isSchema(narrow) && isSchema(wide));

describe('two schemas that are called compatible', () => {
  it('take every value of the narrower one, whatever they are', { timeout: 60_000 }, () => {
    let compatible = 0;
    let tried = 0;
    fc.assert(
      fc.property(pairs, fc.integer(), ([narrow, wide], seed) => {
        fc.pre(gapsBetween(narrow, wide).length === 0);
        compatible += 1;
        const [isNarrow, isWide] = [checkOf(narrow), checkOf(wide)];
        for (const value of fc.sample(fc.oneof(valuesOf(narrow), valuesOf(wide), fc.jsonValue()), {
          seed,
          numRuns: 20,
        })) {
          if (!isNarrow(value)) continue;
          tried += 1;
          expect(
            isWide(value),
            `${JSON.stringify(value)} fits ${JSON.stringify(narrow)}, not ${JSON.stringify(wide)}`,
          ).toBe(true);
        }
      }),
      { numRuns: 100, maxSkipsPerRun: 200 },
    );
    // Else the property would hold for want of examples.
    expect(compatible).toBeGreaterThan(60);
    expect(tried).toBeGreaterThan(300);
  });

  it('are so in most of the cases where no value speaks against it', () => {
    let possible = 0;
    let told = 0;
    for (const [narrow, wide] of fc.sample(pairs, { seed: 7, numRuns: 150 })) {
      const [isNarrow, isWide] = [checkOf(narrow), checkOf(wide)];
      const values = fc.sample(fc.oneof(valuesOf(narrow), valuesOf(wide), fc.jsonValue()), { seed: 1, numRuns: 40 });
      const fitting = values.filter((value) => isNarrow(value));
      if (fitting.length === 0 || !fitting.every((value) => isWide(value))) continue;
      possible += 1;
      if (gapsBetween(narrow, wide).length === 0) told += 1;
    }
    expect(told / possible).toBeGreaterThan(0.6);
  });
});
