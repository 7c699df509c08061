import fc from 'fast-check';

/** Values of every wrong kind. */
const STRANGE: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  '',
  'A'.repeat(100_000),
  '\uD800',
  [],
  {},
  [[[[[[[[[[]]]]]]]]]],
  { $ref: '#' },
  '__proto__',
];

/** What is done to one input. */
type Mutation = (input: Record<string, unknown>) => Record<string, unknown>;

const without =
  (name: string): Mutation =>
  ({ [name]: _gone, ...rest }) =>
    rest;
const instead =
  (name: string, value: unknown): Mutation =>
  (input) => ({ ...input, [name]: value });

/** Inputs that a schema did not mean: a field gone, a field more, a value of another kind, one or two at once. */
export function mutated(inputs: fc.Arbitrary<unknown>, names: readonly string[]): fc.Arbitrary<unknown> {
  const fields = names.length === 0 ? ['value'] : names;
  const one: fc.Arbitrary<Mutation> = fc.oneof(
    fc.constantFrom(...fields).map(without),
    fc.tuple(fc.constantFrom(...fields), fc.constantFrom(...STRANGE)).map(([name, value]) => instead(name, value)),
    fc
      .tuple(fc.constantFrom('constructor', 'toString', 'extra', 'ID', ''), fc.constantFrom(...STRANGE))
      .map(([name, value]) => instead(name, value)),
  );
  return fc
    .tuple(inputs, fc.array(one, { minLength: 1, maxLength: 2 }))
    .map(([input, mutations]) =>
      mutations.reduce((changed, mutate) => mutate(changed), { ...(input as Record<string, unknown>) }),
    );
}
