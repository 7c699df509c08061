import type { JsonSchema } from './json-schema.js';
import { IN_PLACE, INNER, judgesOf, mapped, resolve } from './schema-parts.js';

/**
 * The same schema, in which every object that names fields takes no others, at the top and within. What says
 * `additionalProperties` or `unevaluatedProperties` itself is left as it says; so is an object that names no field at
 * all, which is a free one, as `object` is in the short form.
 */
export const closedSchema = (schema: JsonSchema): JsonSchema => ({
  ...atValue(schema, schema),
  ...('$defs' in schema ? { $defs: mapped(schema, '$defs', (inner) => inPlace(inner, schema)) } : {}),
});

/** A schema at the place of a whole value: the one place that sees every field. */
function atValue(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const inner = inPlace(schema, root);
  if (speaksForItself(schema, root)) return inner;
  const { schemas, isWhole } = judgesOf(schema, root);
  const namesFields = schemas.some((each) => 'properties' in each || 'patternProperties' in each);
  if (isWhole && !namesFields) return inner;
  const isAlone = schemas.length === 1 && isWhole;
  return { ...inner, [isAlone ? 'additionalProperties' : 'unevaluatedProperties']: false };
}

/** What it refers to counts as said by it. */
function speaksForItself(schema: JsonSchema, root: JsonSchema): boolean {
  const target = typeof schema.$ref === 'string' ? resolve(schema.$ref, root) : undefined;
  return [schema, target ?? {}].some((each) => 'additionalProperties' in each || 'unevaluatedProperties' in each);
}

/**
 * A schema that judges a value along with others: what is within is closed, itself it may not be. `contains` and `not`
 * stay as they are: narrower, they would let other values pass.
 */
function inPlace(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const changed: Record<string, unknown> = {};
  for (const keyword of [...IN_PLACE, ...INNER].filter((known) => Object.hasOwn(schema, known))) {
    changed[keyword] = mapped(schema, keyword, (inner) =>
      IN_PLACE.includes(keyword) ? inPlace(inner, root) : atValue(inner, root),
    );
  }
  return { ...schema, ...changed };
}
