import { describe, expect, it } from 'vitest';
import { ToolManifest } from '../tool-manifest.js';
import { compareTools, stepFor } from './compare.js';

const tool = (schema: object, more: object = {}) =>
  ToolManifest.parse({ name: 't', version: '1.0.0', type: 'process', command: ['./run'], schema, ...more });
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });
const changes = (side: 'input' | 'output', was: object, is: object) =>
  compareTools(tool({ [side]: was }), tool({ [side]: is })).map(({ step, says }) => `${step}: ${says}`);
const input = (was: object, is: object) => changes('input', was, is);
const output = (was: object, is: object) => changes('output', was, is);
/** One field with one schema, before and after. */
const field = (was: object, is: object) => input(object({ a: was }), object({ a: is }));

describe('two versions of an input', () => {
  it('are the same in whatever form they are written', () => {
    expect(compareTools(tool({ input: { a: 'string' } }), tool({ input: { a: 'string' } }))).toEqual([]);
    expect(input({ a: 'string' }, object({ a: { type: 'string', description: 'x' } }, { required: ['a'] }))).toEqual([
      'patch: The schema says the same in other words.',
    ]);
  });

  it('break where a field is gone, renamed, or asked for from now on', () => {
    expect(input({ 'a?': 'string', b: 'integer' }, { b: 'integer' })).toEqual(['major: /a is no longer taken.']);
    expect(input({ 'max_results?': 'integer' }, { 'maxResults?': 'integer' })).toEqual([
      'major: /max_results is no longer taken. Was it renamed to maxResults?',
      'minor: /maxResults is new.',
    ]);
    expect(input({ a: 'string' }, { a: 'string', b: 'string' })).toContain('major: /b is required now.');
    expect(input({ 'a?': 'string' }, { a: 'string' })).toEqual(['major: /a is required now.']);
  });

  it('are compatible where more is taken', () => {
    expect(input({ a: 'string' }, { a: 'string', 'b?': 'string' })).toEqual(['minor: /b is new.']);
    expect(input({ a: 'string' }, { 'a?': 'string' })).toEqual(['minor: /a may be left out now.']);
    expect(field({ type: 'integer' }, { type: 'number' })).toEqual([
      'minor: /a takes more: it was integer, now it is number.',
    ]);
  });

  it.each([
    ['type', { type: ['string', 'null'] }, { type: 'string' }],
    ['number to integer', { type: 'number' }, { type: 'integer' }],
    ['choices', { enum: ['x', 'y'] }, { enum: ['x'] }],
    ['a text to choices', { type: 'string' }, { type: 'string', enum: ['x'] }],
    ['constant', { const: 'x' }, { const: 'y' }],
    ['minimum', { type: 'integer' }, { type: 'integer', minimum: 0 }],
    ['maximum', { type: 'integer', maximum: 10 }, { type: 'integer', maximum: 5 }],
    ['open end', { type: 'number', minimum: 0 }, { type: 'number', exclusiveMinimum: 0 }],
    ['step', { type: 'integer', multipleOf: 2 }, { type: 'integer', multipleOf: 4 }],
    ['length', { type: 'string' }, { type: 'string', maxLength: 5 }],
    ['pattern', { type: 'string' }, { type: 'string', pattern: '^x' }],
    ['format', { type: 'string' }, { type: 'string', format: 'email' }],
    ['entries', { type: 'array' }, { type: 'array', items: { type: 'string' } }],
    ['number of entries', { type: 'array' }, { type: 'array', maxItems: 3 }],
    ['nested field', object({ b: { type: 'string' } }), object({})],
    ['free object', { type: 'object' }, object({ b: { type: 'string' } })],
    ['other fields', { type: 'object', additionalProperties: true }, { type: 'object', additionalProperties: false }],
    [
      'closed in name only',
      { type: 'object', additionalProperties: true, unevaluatedProperties: false },
      { type: 'object', unevaluatedProperties: false },
    ],
    ['variant', { anyOf: [{ type: 'string' }, { type: 'null' }] }, { anyOf: [{ type: 'string' }] }],
    [
      'pattern of names',
      { type: 'object', patternProperties: { '^x': {} } },
      { type: 'object', patternProperties: { '^y': {} } },
    ],
  ])('break where the %s narrows, and only in that direction', (_what, wide, narrow) => {
    expect(field(wide, narrow)[0]).toMatch(/^major: /);
    const back = field(narrow, wide);
    if (_what !== 'constant' && _what !== 'pattern of names') {
      expect(back).not.toEqual([]);
      expect(back.filter((says) => says.startsWith('major'))).toEqual([]);
    }
  });

  it('are looked at through references, combinators and recursion', () => {
    const tree = (leaf: string) =>
      object(
        { node: { $ref: '#/$defs/Node' } },
        { $defs: { Node: object({ value: { type: leaf }, next: { $ref: '#/$defs/Node' } }) } },
      );
    expect(input(tree('integer'), tree('number')).map((says) => says.slice(0, 5))).toEqual(['minor', 'minor']);
    expect(input(tree('number'), tree('integer'))[0]).toMatch(/^major: \/node\/value is narrower/);
    const both = {
      allOf: [
        { type: 'integer', minimum: 1 },
        { type: 'integer', maximum: 9 },
      ],
    };
    expect(field(both, { type: 'integer', minimum: 1, maximum: 9 })).toEqual([
      'patch: The schema says the same in other words.',
    ]);
  });

  it('count as broken where nobody can tell', () => {
    expect(field({ type: 'string', pattern: '^a+$' }, { type: 'string', pattern: '^a*$' })[0]).toMatch(/^major/);
    expect(field({ type: 'string' }, { type: 'string', not: { const: 'x' } })[0]).toMatch(/cannot be told/);
    const same = { type: 'string', not: { const: 'x' } };
    expect(field({ ...same, maxLength: 3 }, same)).toEqual([
      'minor: /a takes more: it was at most 3 characters, now it is any number.',
    ]);
  });
});

describe('two versions of an output', () => {
  it('break where a field is gone, or can be what it never was', () => {
    expect(output({ a: 'string', b: 'string' }, { a: 'string' })).toEqual([
      'major: /b is no longer always given.',
      'major: /b may be what it was not before: promised was string, now it is null or boolean or object or array or number or string.',
    ]);
    expect(output({ total_count: 'integer' }, { totalCount: 'integer' })[0]).toBe(
      'major: /total_count is no longer always given. Was it renamed to totalCount?',
    );
    expect(output({ a: 'integer' }, { a: 'number' })[0]).toMatch(/^major: \/a may be what it was not before/);
    const closed = { additionalProperties: false };
    expect(output(object({}, closed), object({ a: {} }, closed))).toEqual([
      'major: /a is new in an output that promised to have no other fields.',
    ]);
  });

  it('are compatible where more is promised', () => {
    expect(output({ a: 'string' }, { a: 'string', b: 'string' })).toEqual([
      'minor: /b is always given now.',
      'minor: /b promises more: string.',
    ]);
    expect(output({ a: 'number' }, { a: 'integer' })).toEqual(['minor: /a promises more: integer.']);
  });
});

describe('two versions of the rest of a manifest', () => {
  const step = (was: object, is: object) => stepFor(compareTools(tool({}, was), tool({}, is)));

  it('ask for a major version where the tool does more to the world than it did', () => {
    expect(step({ effect: 'read' }, { effect: 'once' })).toBe('major');
    expect(step({ effect: 'once' }, { effect: 'read' })).toBe('minor');
  });

  it('ask for a patch in all that its users do not see, and say what it is', () => {
    const was = tool({}, { timeout_ms: 10 });
    const is = tool({}, { timeout_ms: 20, budget: { max_calls_per_session: 5 }, description: 'New.' });
    expect(compareTools(was, is).map((each) => `${each.step}: ${each.says}`)).toEqual([
      'patch: budget.max_calls_per_session changed from 100 to 5.',
      'patch: timeout_ms changed from 10 to 20.',
      'patch: description is new: "New.".',
    ]);
  });
});
