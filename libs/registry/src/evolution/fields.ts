import { isSchema, type JsonSchema } from '../json-schema.js';
import { judgesOf } from '../schema-parts.js';
import type { AllOf } from './all-of.js';

/** What a conjunction says of the values under the names of an object. */
export interface Fields {
  /** Every name that is spelled out. */
  readonly names: ReadonlySet<string>;
  readonly patterns: ReadonlySet<string>;
  /** What the value under a name has to fit; `false` where it cannot be there. */
  at(name: string): AllOf | false;
  /** The same for names that match a pattern; never looks at names that are spelled out. */
  atPattern(pattern: string): AllOf | false;
  /** The same for names that are not spelled out and match no pattern. */
  readonly others: AllOf | false;
}

/** Reads the object keywords of a conjunction. What it leaves out makes it allow more, never less. */
export function fieldsOf({ members, root }: AllOf): Fields {
  const names = new Set(members.flatMap((member) => keysOf(member.properties)));
  const patterns = new Set(members.flatMap((member) => keysOf(member.patternProperties)));
  const gather = (judged: (member: JsonSchema) => readonly unknown[]): AllOf | false => {
    const found = members.flatMap(judged);
    return found.includes(false) ? false : { members: found.filter(isSchema), root };
  };
  const closed = members.filter((member) => member.unevaluatedProperties === false);
  const isEvaluated = (name: string) => closed.every((site) => mayEvaluate(site, root, name));
  const at = (name: string): AllOf | false => (isEvaluated(name) ? gather((member) => judging(member, name)) : false);
  return {
    names,
    patterns,
    at,
    atPattern: (pattern) =>
      gather((member) => [isSchema(member.patternProperties) ? member.patternProperties[pattern] : undefined]),
    others: closed.some((site) => !mayEvaluateOthers(site, root))
      ? false
      : gather((member) => [member.additionalProperties]),
  };
}

/** The schemas of one member that judge the value under a name. */
function judging(member: JsonSchema, name: string): readonly unknown[] {
  const { properties, patternProperties } = member;
  const named = isSchema(properties) && Object.hasOwn(properties, name) ? [properties[name]] : [];
  const matching = isSchema(patternProperties)
    ? Object.entries(patternProperties).flatMap(([pattern, schema]) => (matches(pattern, name) ? [schema] : []))
    : [];
  return named.length + matching.length > 0 ? [...named, ...matching] : [member.additionalProperties];
}

/** Whether something that judges the same value as a site may look at the field. */
function mayEvaluate(site: JsonSchema, root: JsonSchema, name: string): boolean {
  const { schemas, isWhole } = judgesOf(site, root);
  return !isWhole || schemas.some((schema) => evaluates(schema, name) || isOpen(schema));
}

function mayEvaluateOthers(site: JsonSchema, root: JsonSchema): boolean {
  const { schemas, isWhole } = judgesOf(site, root);
  return !isWhole || schemas.some((schema) => 'patternProperties' in schema || isOpen(schema));
}

/** Whether a schema names the field, or a pattern that it matches. */
export const evaluates = ({ properties, patternProperties, ...schema }: JsonSchema, name: string): boolean =>
  (isSchema(properties) && Object.hasOwn(properties, name)) ||
  keysOf(patternProperties).some((pattern) => matches(pattern, name)) ||
  ('additionalProperties' in schema && schema.additionalProperties !== false);

const isOpen = (schema: JsonSchema): boolean =>
  ['additionalProperties', 'unevaluatedProperties'].some((keyword) => keyword in schema && schema[keyword] !== false);

export const matches = (pattern: string, name: string): boolean => new RegExp(pattern, 'u').test(name);

export const keysOf = (value: unknown): readonly string[] => (isSchema(value) ? Object.keys(value) : []);
