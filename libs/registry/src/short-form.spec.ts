import { test } from '@fast-check/vitest';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { FieldSchema } from './field-schemas.js';
import { isJsonSchema, schemaOfShortForm, toJsonSchema } from './short-form.js';
import { shortForms } from './testing/arbitraries.js';

describe('the short form', () => {
  it('stands for a schema that knows its own fields and no others', () => {
    expect(schemaOfShortForm({ query: 'string', 'tags?': 'string[]', log: 'attachment' }, 'input')).toEqual({
      type: 'object',
      properties: {
        query: { type: 'string' },
        tags: { type: 'array', items: { type: 'string' } },
        log: { $ref: '#/$defs/Attachment' },
      },
      required: ['query', 'log'],
      additionalProperties: false,
    });
  });

  it('lets an output have more than it promises', () => {
    expect(schemaOfShortForm({ results: 'array' }, 'output')).not.toHaveProperty('additionalProperties');
  });

  it('may have a parameter that is called type or properties', () => {
    expect(isJsonSchema({ type: 'string', properties: 'object' })).toBe(false);
    expect(isJsonSchema({ type: 'object', properties: { a: { type: 'string' } } })).toBe(true);
    expect(isJsonSchema({ $schema: 'https://json-schema.org/draft/2020-12/schema' })).toBe(true);
  });

  it('refuses a type or a name that it does not know, in words', () => {
    const say = (form: unknown) => FieldSchema.safeParse(form).error?.issues.map((issue) => issue.message) ?? [];
    expect(say({ query: 'text' })[0]).toMatch(/must be string, integer, number/);
    expect(say({ query: { type: 'string' } })[0]).toMatch(/string/);
    expect(say({ 'a b': 'string' })[0]).toMatch(/must be a letter/);
    expect(say({ 'a??': 'string' })[0]).toMatch(/must be a letter/);
  });

  it('carries what an attachment is into every schema, and keeps what the schema itself defines', () => {
    const schema = toJsonSchema({ type: 'object', properties: {}, $defs: { Mine: { type: 'string' } } }, 'input');
    expect(schema.$defs).toMatchObject({ Mine: { type: 'string' }, Attachment: { type: 'object' } });
  });

  test.prop([shortForms], { numRuns: 25 })('always becomes valid JSON Schema 2020-12 with the same names', (form) => {
    expect(FieldSchema.safeParse(form).success).toBe(true);
    const schema = toJsonSchema(form, 'input');
    const ajv = new Ajv2020({ strict: true });
    expect(ajv.validateSchema(schema)).toBe(true);
    const names = Object.keys(form).map((name) => name.replace('?', ''));
    expect(Object.keys(schema.properties as object).sort()).toEqual([...new Set(names)].sort());
  });
});
