import { isSchema, type JsonSchema } from '../json-schema.js';
import { innerSchemas, resolve } from '../schema-parts.js';

/** Schemas that a value has to fit all together, each with the root that its references are read in. */
export interface AllOf {
  readonly members: readonly JsonSchema[];
  readonly root: JsonSchema;
}

export type Kind = 'null' | 'boolean' | 'object' | 'array' | 'number' | 'integer' | 'string';
const KINDS: readonly Kind[] = ['null', 'boolean', 'object', 'array', 'number', 'string'];

/** More variants than this are not told apart. */
const MAX_VARIANTS = 64;

/**
 * What a schema allows, as variants of which each is a plain conjunction; `undefined` where there are too many.
 * @param asSuperset true: every value of the schema is in some variant, and perhaps others are too. False: every value of
 * a variant fits the schema, but for keywords that stay in its members (`oneOf`, `not`, `if`…) and that the caller reads.
 */
export function variantsOf(given: AllOf, asSuperset: boolean): readonly AllOf[] | undefined {
  let variants: (readonly JsonSchema[])[] = [[]];
  const seen = new Set<JsonSchema>();
  const add = (schema: JsonSchema): boolean => {
    if (seen.has(schema)) return true;
    seen.add(schema);
    variants = variants.map((members) => [...members, schema]);
    if (typeof schema.$ref === 'string') {
      const target = resolve(schema.$ref, given.root);
      if (target !== undefined && !add(target)) return false;
    }
    if (!innerSchemas(schema, 'allOf').every(add)) return false;
    for (const keyword of asSuperset ? ['anyOf', 'oneOf'] : ['anyOf']) {
      const choices = schema[keyword];
      if (!Array.isArray(choices)) continue;
      const before = variants;
      const after: (readonly JsonSchema[])[] = [];
      for (const choice of choices) {
        if (choice === false) continue;
        variants = before;
        if (isSchema(choice)) {
          // A choice may refer to what another one has too.
          const known = new Set(seen);
          if (!add(choice)) return false;
          for (const one of seen) if (!known.has(one)) seen.delete(one);
        }
        after.push(...variants);
        if (after.length > MAX_VARIANTS) return false;
      }
      variants = after;
    }
    return true;
  };
  if (!given.members.every(add)) return undefined;
  return variants.map((members) => ({ members, root: given.root }));
}

/** The kinds of values that fit, as far as types, constants and choices say; an integer is not also a number. */
export function kindsOf(given: AllOf): readonly Kind[] {
  const choices = choicesOf(given);
  let kinds = choices === undefined ? KINDS : [...new Set(choices.map(kindOf))];
  for (const { type, nullable } of given.members) {
    if (type === undefined) continue;
    const named: readonly unknown[] = [type, nullable === true ? 'null' : []].flat(2);
    kinds = kinds.flatMap((kind): Kind[] => {
      if (named.includes(kind)) return [kind];
      if (kind === 'number' && named.includes('integer')) return ['integer'];
      return kind === 'integer' && named.includes('number') ? ['integer'] : [];
    });
  }
  return kinds;
}

function kindOf(value: unknown): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value as Kind;
}

/** All values that can fit, where a constant or a list of choices says so; perhaps more than do fit. */
export function choicesOf({ members }: AllOf): readonly unknown[] | undefined {
  for (const member of members) {
    if ('const' in member) return [member.const];
    if (Array.isArray(member.enum)) return member.enum;
  }
  return undefined;
}

/** The strictest of a numeric keyword over all members; `undefined` where none has it. */
export function strictest(given: AllOf, keyword: string, choose: (...all: number[]) => number): number | undefined {
  const all = given.members.map((member) => member[keyword]).filter((value) => typeof value === 'number');
  return all.length === 0 ? undefined : choose(...all);
}

/** Names that every value has. */
export const requiredIn = ({ members }: AllOf): ReadonlySet<string> =>
  new Set(members.flatMap((member) => (Array.isArray(member.required) ? (member.required as string[]) : [])));
