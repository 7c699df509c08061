import { anyText } from '@voorman/envelope/testing';
import fc from 'fast-check';
import { ToolManifest } from '../tool-manifest.js';

const types = ['string', 'integer', 'number', 'boolean', 'array', 'object', 'attachment'] as const;

export const parameterNames = fc.oneof(
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,12}$/),
  fc.constantFrom('type', 'properties', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'length', 'required'),
);

const shortTypes = fc.tuple(fc.constantFrom(...types), fc.constantFrom('', '[]')).map((parts) => parts.join(''));

/** Short forms; each name at most once, optional or not. */
export const shortForms: fc.Arbitrary<Record<string, string>> = fc
  .uniqueArray(fc.tuple(parameterNames, fc.constantFrom('', '?'), shortTypes), {
    selector: ([name]) => name,
    maxLength: 6,
  })
  .map((fields) => Object.fromEntries(fields.map(([name, mark, type]) => [name + mark, type])));

export const attachment = {
  ref: 'payloads_cli/abc',
  digest: `sha256:${'0'.repeat(64)}`,
  bytes: 12,
  media_type: 'text/plain',
  name: 'app.log',
};

/** A value of a short form's type. */
export const valuesOfType = (type: string): fc.Arbitrary<unknown> => {
  if (type.endsWith('[]')) return fc.array(valuesOfType(type.slice(0, -2)), { maxLength: 3 });
  switch (type) {
    case 'string':
      return anyText();
    case 'integer':
      return fc.integer();
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(fc.jsonValue(), { maxLength: 3 });
    case 'object':
      return fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 });
    default:
      return fc.constant(attachment);
  }
};

/** Arguments that fit a short form; what is optional is there or not. */
export const argumentsOf = (form: Record<string, string>): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(
    Object.fromEntries(Object.entries(form).map(([name, type]) => [name.replace('?', ''), valuesOfType(type)])),
    { requiredKeys: Object.keys(form).filter((name) => !name.endsWith('?')) },
  );

/** A tool that takes and gives what is named. */
export const toolWith = (input: Record<string, unknown>, output: Record<string, unknown> = {}): ToolManifest =>
  ToolManifest.parse({
    name: 'search_web',
    version: '1.2.0',
    type: 'process',
    command: ['node', 'main.js'],
    schema: { input, output },
  });
