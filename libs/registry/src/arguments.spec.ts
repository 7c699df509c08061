import { describe, expect, it } from 'vitest';
import { compileTool } from './arguments.js';
import { attachment, toolWith } from './testing/arbitraries.js';

const search = compileTool(toolWith({ query: 'string', max_results: 'integer', 'filter?': 'object' }));
const refusal = (args: unknown, tool = search): string => tool.checkArguments(args)?.message ?? 'accepted';
const jsonSchema = (properties: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  compileTool(toolWith({ type: 'object', properties, ...more }));

describe('the check of arguments', () => {
  it('lets what fits pass', () => {
    expect(search.checkArguments({ query: 'nats', max_results: 3 })).toBeUndefined();
    expect(search.checkArguments({ query: '', max_results: -1, filter: { any: ['thing'] } })).toBeUndefined();
  });

  it('tells an invented name with the one that was meant, before all that follows from it', () => {
    expect(search.checkArguments({ query: 'nats', max_result: 3 })).toEqual({
      code: 'arguments/invalid',
      message: 'max_result is not a parameter of search_web; did you mean max_results?',
      next: 'search_web takes query (string), max_results (integer), filter (object, optional).',
    });
  });

  it('names the known ones where an invented name is near none', () => {
    expect(refusal({ query: 'nats', max_results: 3, colour: 'red' })).toBe(
      'colour is not a parameter of search_web; it takes query, max_results, filter.',
    );
    expect(refusal({ a: 1 }, compileTool(toolWith({})))).toBe('a is not a parameter of search_web; it takes none.');
  });

  it('tells what is missing and what has the wrong type, where, and what was given', () => {
    expect(refusal({ query: 'nats' })).toBe('search_web needs the parameter max_results, which is missing.');
    expect(refusal({ query: 'nats', max_results: 'ten' })).toBe(
      '/max_results of search_web must be integer, but "ten" was given.',
    );
    expect(refusal({ query: ['nats'], max_results: 1 })).toBe(
      '/query of search_web must be string, but a list of 1 was given.',
    );
    expect(refusal([])).toBe('the parameters of search_web as a whole must be object, but a list of 0 was given.');
  });

  it('coerces nothing', () => {
    for (const wrong of ['1', 1.5, true, null])
      expect(refusal({ query: 'q', max_results: wrong })).not.toBe('accepted');
  });

  it('speaks of nested fields by their pointer', () => {
    const tool = jsonSchema({
      filter: {
        type: 'object',
        properties: { since: { type: 'string', format: 'date-time' }, level: { enum: ['warn', 'error'] } },
        additionalProperties: false,
      },
    });
    expect(refusal({ filter: { level: 'fatal' } }, tool)).toBe(
      '/filter/level of search_web must be one of "warn", "error", but "fatal" was given.',
    );
    expect(refusal({ filter: { since: 'yesterday' } }, tool)).toBe(
      '/filter/since of search_web must match format "date-time", but "yesterday" was given.',
    );
    expect(refusal({ filter: { levl: 'warn' } }, tool)).toBe(
      'levl is not a parameter of /filter in search_web; did you mean level?',
    );
  });

  it('refuses what a full schema does not name either, at the top and within, though it says nothing of it', () => {
    const inner = { type: 'object', properties: { unit: { type: 'string' } } };
    const tool = jsonSchema({ query: { type: 'string' }, filter: inner, list: { type: 'array', items: inner } });
    expect(refusal({ query: 'q', filter: { unit: 's' }, list: [{ unit: 's' }] }, tool)).toBe('accepted');
    expect(refusal({ query: 'q', quary: 'q' }, tool)).toBe(
      'quary is not a parameter of search_web; did you mean query?',
    );
    expect(refusal({ filter: { units: 's' } }, tool)).toBe(
      'units is not a parameter of /filter in search_web; did you mean unit?',
    );
    expect(refusal({ list: [{}, { x: 1 }] }, tool)).toBe(
      'x is not a parameter of /list/1 in search_web; it takes unit.',
    );
  });

  it('looks through references and combinators, which together say what is known', () => {
    const named = (name: string) => ({ type: 'object', properties: { [name]: { type: 'string' } } });
    const tool = jsonSchema(
      { where: { $ref: '#/$defs/Where' }, either: { anyOf: [named('city'), named('country'), { type: 'null' }] } },
      { $defs: { Where: { ...named('street'), allOf: [named('number')] } } },
    );
    expect(refusal({ where: { street: 'a', number: 'b' }, either: { country: 'c' } }, tool)).toBe('accepted');
    expect(refusal({ either: null }, tool)).toBe('accepted');
    expect(refusal({ where: { stret: 'a' } }, tool)).toBe(
      'stret is not a parameter of /where in search_web; did you mean street?',
    );
    expect(refusal({ either: { citty: 'c' } }, tool)).toBe(
      'citty is not a parameter of /either in search_web; did you mean city?',
    );
    // What fits is the variant with a country, which has no city.
    expect(refusal({ either: { city: 1 } }, tool)).toBe(
      '/either/city of search_web does not fit along with the rest, but 1 was given.',
    );
  });

  it('leaves an object open that says so, or that names no field at all', () => {
    const any = jsonSchema({ tags: { type: 'object' } }, { additionalProperties: { type: 'integer' } });
    expect(refusal({ tags: { anything: 1 }, more: 1 }, any)).toBe('accepted');
    expect(refusal({ more: 'x' }, any)).toBe('/more of search_web must be integer, but "x" was given.');
  });

  it('holds values to their formats, ranges, lengths and patterns', () => {
    const tool = jsonSchema({
      since: { type: 'string', format: 'date-time' },
      limit: { type: 'integer', minimum: 1, maximum: 100 },
      share: { type: 'number', exclusiveMinimum: 0 },
      code: { type: 'string', pattern: '^[A-Z]{3}$', maxLength: 3 },
      ids: { type: 'array', items: { type: 'integer' }, maxItems: 2, uniqueItems: true },
    });
    expect(refusal({ since: '2026-01-01T00:00:00Z', limit: 100, share: 0.1, code: 'ABC', ids: [1, 2] }, tool)).toBe(
      'accepted',
    );
    expect(refusal({ since: 'soon' }, tool)).toMatch(
      /^\/since of search_web must match format "date-time", but "soon"/,
    );
    expect(refusal({ limit: 101 }, tool)).toBe('/limit of search_web must be <= 100, but 101 was given.');
    expect(refusal({ limit: 0 }, tool)).toBe('/limit of search_web must be >= 1, but 0 was given.');
    expect(refusal({ share: 0 }, tool)).toBe('/share of search_web must be > 0, but 0 was given.');
    expect(refusal({ code: 'abc' }, tool)).toMatch(
      /^\/code of search_web must match pattern "\^\[A-Z\]\{3\}\$", but "abc"/,
    );
    expect(refusal({ ids: [1, 2, 3] }, tool)).toBe(
      '/ids of search_web must not have more than 2 items, but a list of 3 was given.',
    );
    expect(refusal({ ids: [1, 1] }, tool)).toMatch(/^\/ids of search_web must not have duplicate items/);
    expect(() => jsonSchema({ when: { type: 'string', format: 'tomorrow' } })).toThrow(/unknown format "tomorrow"/);
  });

  it('counts steps as people do: 19.99 is a whole number of cents', () => {
    const tool = jsonSchema({ usd: { type: 'number', multipleOf: 0.01 }, count: { type: 'integer', multipleOf: 1 } });
    for (const usd of [19.99, 0.07, 1_234_567.89]) expect(refusal({ usd }, tool)).toBe('accepted');
    expect(refusal({ count: 1e300 }, tool)).toBe('accepted');
    expect(refusal({ usd: 19.995 }, tool)).toBe('/usd of search_web must be multiple of 0.01, but 19.995 was given.');
  });

  it('takes a prototype’s names for what they are: missing, or invented', () => {
    expect(refusal({}, compileTool(toolWith({ constructor: 'object' })))).toMatch(/needs the parameter constructor/);
    expect(refusal(JSON.parse('{"query":"q","max_results":1,"__proto__":{"admin":true}}'))).toMatch(
      /^__proto__ is not a parameter/,
    );
  });

  it('shows no more than the beginning of a long value, on one line', () => {
    const message = refusal({ query: 'q', max_results: 'very\nlong '.repeat(1_000_000) });
    expect(message.length).toBeLessThan(200);
    expect(message).not.toContain('\n');
  });

  it('shows no value under a secret’s name, marked as one, or with the looks of one', () => {
    const tool = jsonSchema({
      api_key: { type: 'integer' },
      pin: { type: 'integer', writeOnly: true },
      limit: { type: 'integer' },
    });
    expect(refusal({ api_key: 'hunter2' }, tool)).not.toContain('hunter2');
    expect(refusal({ pin: 'hunter2' }, tool)).not.toContain('hunter2');
    expect(refusal({ limit: 'Bearer aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ' }, tool)).not.toContain('aGVsbG8');
    expect(refusal({ limit: 'https://ann:hunter2@host/' }, tool)).not.toContain('hunter2');
  });

  it('survives what is nested too deep or holds too much', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(refusal({ query: 'q', max_results: 1, filter: { deep } })).toBe(
      'What was given as parameters of search_web nests deeper than 64 levels.',
    );
    const wide = { list: Array.from({ length: 300_000 }, () => 'x') };
    expect(refusal({ query: 'q', max_results: 1, filter: wide })).toMatch(/holds more than 200000 values/);
  });

  it('says what an attachment is, and where attachments are expected', () => {
    const tool = compileTool(toolWith({ log: 'attachment', 'more?': 'attachment[]', query: 'string' }));
    expect(tool.attachmentPaths).toEqual(['/log', '/more']);
    expect(tool.checkArguments({ log: attachment, more: [attachment], query: 'q' })).toBeUndefined();
    expect(refusal({ log: 'app.log', query: 'q' }, tool)).toBe(
      '/log of search_web must be an attachment of the task, but "app.log" was given.',
    );
    expect(refusal({ log: { ...attachment, digest: 'md5:1' }, query: 'q' }, tool)).toMatch(
      /^\/log\/digest of search_web/,
    );
  });

  it('finds attachments in nested objects and names with a slash', () => {
    const ref = { $ref: '#/$defs/Attachment' };
    const tool = jsonSchema({
      in: { type: 'object', properties: { 'a/b': ref, list: { type: 'array', items: ref } } },
    });
    expect(tool.attachmentPaths).toEqual(['/in/a~1b', '/in/list']);
  });

  it('refuses a schema that is none when the tool is loaded, not when it is called', () => {
    expect(() => jsonSchema({ query: { type: 'text' } })).toThrow();
    expect(() => jsonSchema({ query: { $ref: 'https://elsewhere.example/schema.json' } })).toThrow();
    expect(() => jsonSchema({ query: { tpye: 'string' } })).toThrow();
  });

  it('is made for two tools with one $id, and for one tool twice', () => {
    const written = (type: string) => ({ $id: 'input', type: 'object', properties: { a: { type } } });
    const [one, other] = [toolWith(written('string')), toolWith(written('integer'))];
    for (const tool of [one, one, other]) expect(() => compileTool(tool)).not.toThrow();
    expect(compileTool(other).checkArguments({ a: 'x' })).toBeDefined();
    expect(compileTool(one).checkArguments({ a: 'x' })).toBeUndefined();
  });
});

describe('the check of an output', () => {
  const tool = compileTool(toolWith({}, { results: 'array', total_count: 'integer' }));

  it('lets what was promised pass, and more', () => {
    expect(tool.checkOutput({ results: [], total_count: 0, took_ms: 3 })).toBeUndefined();
  });

  it('tells what the tool did not keep', () => {
    expect(tool.checkOutput({ results: [] })).toEqual({
      code: 'output/invalid',
      message: 'the output of search_web needs the field total_count, which is missing.',
      next: 'Correct the tool search_web, or what its manifest promises.',
    });
    expect(tool.checkOutput('OK')?.message).toBe(
      'the fields of the output of search_web as a whole must be object, but a string that is not shown here was given.',
    );
  });
});
