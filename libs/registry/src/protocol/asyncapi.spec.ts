import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { asyncApi } from './asyncapi.js';
import { jsonSchemas, recordTypes } from './json-schemas.js';

const specification: object = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json');
const document = parse(asyncApi());
const schemas = jsonSchemas();

/** Every `$ref` in a document. */
const refsIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : refsIn(inner),
  );
};

describe('the AsyncAPI document', () => {
  it('keeps to the specification, version 3.0', () => {
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false, validateSchema: false, meta: false });
    addFormats.default(ajv);
    const validate = ajv.compile(specification);
    expect(validate(document), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
    expect(validate({ ...document, channels: [] })).toBe(false);
    const operation = { ...document.operations.publish, action: 'shout' };
    expect(validate({ ...document, operations: { publish: operation } })).toBe(false);
  });

  it('leads nowhere into the void', () => {
    for (const ref of refsIn(document)) {
      if (ref.startsWith('./')) expect(schemas.has(ref.slice(2)), ref).toBe(true);
      else {
        const found = ref
          .slice(2)
          .split('/')
          .reduce((at, key) => at?.[key], document);
        expect(found, ref).toBeDefined();
      }
    }
  });

  it('has a message for every record type, and a parameter for every token of a channel', () => {
    expect(Object.keys(document.channels.log.messages)).toEqual(recordTypes);
    for (const channel of [document.channels.log, document.channels.inbox]) {
      const tokens = [...channel.address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(channel.parameters)).toEqual(tokens);
    }
  });
});
