import { isSchema, type JsonSchema } from './json-schema.js';

/** Keywords whose schemas judge the same value as the schema that they stand in. */
export const IN_PLACE: readonly string[] = ['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else', 'dependentSchemas'];
/** Keywords whose schemas judge a value within the value. */
export const INNER: readonly string[] = [
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'items',
  'prefixItems',
];
/** Keywords that hold schemas by name. */
const BY_NAME: readonly string[] = ['properties', 'patternProperties', 'dependentSchemas', '$defs'];

/** All schemas that judge one value. */
export interface Judges {
  readonly schemas: readonly JsonSchema[];
  /** False where a reference leads to what is not looked into here, such as an anchor. */
  readonly isWhole: boolean;
}

/** A schema and all that judge the same value with it: in combinators, and behind references within `root`. */
export function judgesOf(schema: JsonSchema, root: JsonSchema): Judges {
  const schemas = new Set<JsonSchema>();
  let isWhole = true;
  const add = (one: JsonSchema): void => {
    if (schemas.has(one)) return;
    schemas.add(one);
    if ('$dynamicRef' in one) isWhole = false;
    if (typeof one.$ref === 'string') {
      const target = resolve(one.$ref, root);
      if (target === undefined) isWhole = false;
      else add(target);
    }
    for (const keyword of IN_PLACE) for (const inner of innerSchemas(one, keyword)) add(inner);
  };
  add(schema);
  return { schemas: [...schemas], isWhole };
}

/** The schemas under one keyword of a schema, however the keyword holds them. */
export function innerSchemas(schema: JsonSchema, keyword: string): readonly JsonSchema[] {
  const found: JsonSchema[] = [];
  mapped(schema, keyword, (inner) => {
    found.push(inner);
    return inner;
  });
  return found;
}

/** What stands under one keyword, each schema in it replaced. */
export function mapped(schema: JsonSchema, keyword: string, change: (inner: JsonSchema) => JsonSchema): unknown {
  const held = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined;
  const one = (inner: unknown): unknown => (isSchema(inner) ? change(inner) : inner);
  if (Array.isArray(held)) return held.map(one);
  if (isSchema(held) && BY_NAME.includes(keyword)) {
    return Object.fromEntries(Object.entries(held).map(([name, inner]) => [name, one(inner)]));
  }
  return one(held);
}

/** The schemas that judge the value under a key or index of a value that these schemas judge. */
export function judgesAt(schemas: readonly JsonSchema[], key: string, root: JsonSchema): readonly JsonSchema[] {
  const inner = schemas.flatMap((schema) => {
    const { properties, items } = schema;
    if (isSchema(properties) && Object.hasOwn(properties, key)) return [properties[key]];
    if (Array.isArray(schema.prefixItems) && Number(key) < schema.prefixItems.length)
      return [schema.prefixItems[Number(key)]];
    return items === undefined ? [schema.additionalProperties] : [items];
  });
  return inner.filter(isSchema).flatMap((schema) => judgesOf(schema, root).schemas);
}

/** What a reference within a schema leads to: a JSON pointer behind a `#`. `undefined` for anything else. */
export function resolve(ref: string, root: JsonSchema): JsonSchema | undefined {
  if (ref !== '#' && !ref.startsWith('#/')) return undefined;
  let at: unknown = root;
  for (const segment of ref.split('/').slice(1)) {
    const key = decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~');
    at = isSchema(at) && Object.hasOwn(at, key) ? at[key] : Array.isArray(at) ? at[Number(key)] : undefined;
  }
  return isSchema(at) ? at : undefined;
}
