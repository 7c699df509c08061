import { Token } from '@voorman/envelope';
import { z } from 'zod';
import type { JsonSchema } from '../json-schema.js';

/** The fields of an object schema as a Markdown table. */
export function fieldTable(schema: JsonSchema): string {
  const defs = (schema.$defs ?? {}) as Record<string, JsonSchema>;
  const whole = resolve(schema, defs);
  const required = new Set(whole.required as readonly string[] | undefined);
  const rows = fieldsOf(whole).map(
    ([name, field]) =>
      `| \`${name}\` | ${typeOf(field, defs)} | ${required.has(name) ? 'yes' : ''} | ${noteOf(field, defs)} |`,
  );
  if (rows.length === 0) return '_No fields._';
  return ['| field | type | required | |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** What may be there; a field that is named only to be refused is none. */
const fieldsOf = (schema: JsonSchema): [string, JsonSchema][] =>
  Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).filter(([, field]) => !('not' in field));

/** What zod writes for a token, and says of one where the field says nothing of its own. */
const token = z.toJSONSchema(Token);
const isToken = (schema: JsonSchema): boolean => schema.pattern === token.pattern;

const resolve = (schema: JsonSchema, defs: Record<string, JsonSchema>): JsonSchema =>
  typeof schema.$ref === 'string' ? (defs[nameOf(schema.$ref)] ?? {}) : schema;

const nameOf = (ref: string): string => ref.split('/').at(-1) ?? ref;

function typeOf(schema: JsonSchema, defs: Record<string, JsonSchema>): string {
  if (typeof schema.$ref === 'string') return shortNamed(nameOf(schema.$ref), defs);
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (Array.isArray(schema.enum))
    return schema.enum.length > 8
      ? 'one of the record types'
      : schema.enum.map((one) => `\`${String(one)}\``).join(', ');
  if (Array.isArray(schema.anyOf)) return schema.anyOf.map((one) => typeOf(one as JsonSchema, defs)).join(' or ');
  if (schema.type === 'array') return `list of ${typeOf((schema.items ?? {}) as JsonSchema, defs)}`;
  if (schema.type === 'object') return nested(schema, defs);
  if (isToken(schema)) return 'token';
  return typeof schema.type === 'string' ? schema.type : 'any JSON';
}

/** zod’s own names for its recursive definitions say nothing. */
const shortNamed = (name: string, defs: Record<string, JsonSchema>): string => {
  if (name.startsWith('__')) return 'any JSON';
  const values = defs[name]?.enum;
  return Array.isArray(values) ? values.map((one) => `\`${String(one)}\``).join(', ') : `[${name}](#shared-parts)`;
};

const nested = (schema: JsonSchema, defs: Record<string, JsonSchema>): string => {
  const fields = fieldsOf(schema);
  return fields.length === 0
    ? 'object'
    : `{ ${fields.map(([name, field]) => `${name}: ${typeOf(field, defs)}`).join('; ')} }`;
};

function noteOf(schema: JsonSchema, defs: Record<string, JsonSchema>): string {
  const said = schema.description ?? resolve(schema, defs).description;
  const notes = [said === token.description ? '' : said, limitsOf(schema)];
  return notes
    .filter((note) => note !== undefined && note !== '')
    .join('; ')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;');
}

function limitsOf({ maxLength, maxItems, minimum, maximum, default: fallback }: JsonSchema): string {
  const limits = [
    maxLength === undefined ? undefined : `at most ${String(maxLength)} characters`,
    maxItems === undefined ? undefined : `at most ${String(maxItems)}`,
    minimum === undefined ? undefined : `from ${String(minimum)}`,
    maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : `up to ${String(maximum)}`,
    fallback === undefined ? undefined : `default \`${JSON.stringify(fallback)}\``,
  ];
  return limits.filter((limit) => limit !== undefined).join(', ');
}
