import { fc, test } from '@fast-check/vitest';
import { Fault } from '@voorman/envelope';
import { describe, expect } from 'vitest';
import { compileTool } from './arguments.js';
import { argumentsOf, parameterNames, shortForms, toolWith, valuesOfType } from './testing/arbitraries.js';

const search = compileTool(toolWith({ query: 'string', max_results: 'integer', 'filter?': 'object' }));
const byType = Object.fromEntries(
  ['string', 'integer', 'boolean', 'array', 'object'].map((type) => [type, compileTool(toolWith({ value: type }))]),
);
const formsWithArguments = shortForms.chain((form) => fc.tuple(fc.constant(form), argumentsOf(form)));

describe('the check of any arguments', () => {
  test.prop([formsWithArguments], { numRuns: 25 })('accepts everything that fits', ([form, args]) => {
    expect(compileTool(toolWith(form)).checkArguments(args)).toBeUndefined();
  });

  test.prop([formsWithArguments, parameterNames], { numRuns: 25 })(
    'names every invented parameter',
    ([form, args], name) => {
      fc.pre(!Object.keys(form).some((known) => known.replace('?', '') === name));
      const fault = compileTool(toolWith(form)).checkArguments({ ...args, [name]: 1 });
      expect(fault?.message).toContain(`${name} is not a parameter of search_web`);
    },
  );

  test.prop([formsWithArguments], { numRuns: 25 })('misses every parameter that is required', ([form, args]) => {
    const tool = compileTool(toolWith(form));
    for (const name of Object.keys(form).filter((known) => !known.endsWith('?'))) {
      const { [name]: _left, ...rest } = args;
      expect(tool.checkArguments(rest)?.message).toContain(`needs the parameter ${name}, which is missing`);
    }
  });

  test.prop([fc.constantFrom('string', 'integer', 'boolean', 'array', 'object'), fc.jsonValue()])(
    'accepts exactly the values of a type',
    (type, value) => {
      const fits = {
        string: typeof value === 'string',
        integer: Number.isInteger(value),
        boolean: typeof value === 'boolean',
        array: Array.isArray(value),
        object: typeof value === 'object' && value !== null && !Array.isArray(value),
      }[type];
      expect(byType[type]?.checkArguments({ value }) === undefined).toBe(fits);
    },
  );

  test.prop([fc.anything({ withNullPrototype: true })])(
    'answers anything with nothing or a whole fault, and never throws',
    (given) => {
      const fault = search.checkArguments(given);
      if (fault === undefined) return;
      expect(Fault.parse(fault)).toEqual(fault);
      expect(fault.message).not.toMatch(/\n|\bat \//);
      expect(fault.message.length).toBeLessThan(1_000);
    },
  );
});

describe('the check of any output', () => {
  test.prop(
    [
      fc
        .constantFrom('string', 'integer[]', 'object', 'attachment')
        .chain((type) => fc.tuple(fc.constant(type), valuesOfType(type))),
    ],
    { numRuns: 25 },
  )('accepts every value of the promised type', ([type, value]) => {
    expect(compileTool(toolWith({}, { value: type })).checkOutput({ value })).toBeUndefined();
  });
});
