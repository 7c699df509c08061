import { Attachment } from '@voorman/envelope';
import { z } from 'zod';
import { closedSchema } from './closed-schema.js';
import type { JsonSchema } from './json-schema.js';

const base = /^(string|integer|number|boolean|array|object|attachment)(\[\])?$/;
const key = /^([A-Za-z][A-Za-z0-9_-]{0,63})(\?)?$/;

/** Name of the type, then `[]` for a list of them. */
const ShortType = z
  .string()
  .regex(base, 'must be string, integer, number, boolean, array, object or attachment, with [] behind it for a list');

/** `name: type` or `name?: type` for what may be left out. */
export const ShortForm = z.record(
  z.string().regex(key, 'must be a letter, then up to 63 letters, digits, _ or -; a ? at its end makes it optional'),
  ShortType,
);
export type ShortForm = z.infer<typeof ShortForm>;

/** Where the schema of an attachment lies in every schema of a tool: `{ "$ref": "#/$defs/Attachment" }`. */
export const ATTACHMENT_REF = '#/$defs/Attachment';

/** The envelope's Attachment as JSON Schema. */
const attachmentSchema = (): JsonSchema => {
  const { $defs } = z.toJSONSchema(Attachment);
  const schema = $defs?.Attachment;
  if (schema === undefined) throw new TypeError('The schema of an attachment has lost its id.');
  return schema;
};

/** True for a JSON Schema, false for the short form: a schema says `$schema`, or has `type: object` with `properties`. */
export const isJsonSchema = (given: Readonly<Record<string, unknown>>): boolean =>
  typeof given.$schema === 'string' ||
  (given.type === 'object' && typeof given.properties === 'object' && given.properties !== null);

/**
 * The JSON Schema 2020-12 that a short form stands for. An input knows its own fields and no others; an output may have
 * more than it promises.
 */
export function schemaOfShortForm(form: ShortForm, direction: 'input' | 'output'): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const [written, type] of Object.entries(form)) {
    const isOptional = written.endsWith('?');
    const name = isOptional ? written.slice(0, -1) : written;
    properties[name] = schemaOfType(type);
    if (!isOptional) required.push(name);
  }
  return {
    type: 'object',
    properties,
    required,
    ...(direction === 'input' ? { additionalProperties: false } : {}),
  };
}

function schemaOfType(type: string): JsonSchema {
  if (type.endsWith('[]')) return { type: 'array', items: schemaOfType(type.slice(0, -2)) };
  return type === 'attachment' ? { $ref: ATTACHMENT_REF } : { type };
}

/**
 * Either form as a JSON Schema that stands on its own. An input takes the fields that it names and no others, nested
 * objects included, unless its schema says `additionalProperties` or `unevaluatedProperties` itself.
 */
export function toJsonSchema(given: Readonly<Record<string, unknown>>, direction: 'input' | 'output'): JsonSchema {
  const schema = withAttachments(isJsonSchema(given) ? given : schemaOfShortForm(ShortForm.parse(given), direction));
  return direction === 'input' ? closedSchema(schema) : schema;
}

/** As its author wrote it, but for the attachments that it may refer to. */
export function withAttachments(schema: JsonSchema): JsonSchema {
  const own = schema.$defs as JsonSchema | undefined;
  return { ...schema, $defs: { ...own, Attachment: attachmentSchema() } };
}
