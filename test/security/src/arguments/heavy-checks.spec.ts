import type { JsonObject, Recorded } from '@voorman/envelope';
import { compileTool } from '@voorman/registry';
import { GatewaySession, manifest, output } from '@voorman/tool-gateway/testing';
import { describe, expect, it } from 'vitest';

/* What is checked is checked on the one thread that everybody waits for. */
const text = { type: 'object', properties: { text: { type: 'string', pattern: '^(a+)+$' } } };
const pairs = (op: string) => ({
  properties: { op: { const: op }, left: { $ref: '#/$defs/term' }, right: { $ref: '#/$defs/term' } },
});
const terms = {
  type: 'object',
  properties: { where: { $ref: '#/$defs/term' } },
  $defs: { term: { type: ['object', 'integer'], oneOf: [pairs('and'), pairs('or'), pairs('xor')] } },
};
const unlike = { type: 'object', properties: { list: { type: 'array', uniqueItems: true } } };
const address = { type: 'object', properties: { text: { type: 'string', format: 'ipv6' } } };
const endless = {
  type: 'object',
  properties: { a: { $ref: '#/$defs/a' } },
  $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } },
};
const nested = (depth: number): unknown => (depth === 0 ? 'x' : { op: 'xor', left: nested(depth - 1) });

const HEAVY: [how: string, schema: object, given: JsonObject][] = [
  ['a text that a pattern goes back and forth in', text, { text: `${'a'.repeat(40)}!` }],
  ['nesting that multiplies the variants', terms, { where: nested(60) } as JsonObject],
  ['a list in which all is compared with all', unlike, { list: Array.from({ length: 60_000 }, (_, n) => ({ n })) }],
  ['a text whose format takes its square', address, { text: 'http://'.padEnd(4_000_000, 'a') }],
  ['a schema that leads back to itself', endless, { a: 1 }],
];

/** What came of one call, and for how long nothing else could happen. */
async function answered(schema: object, given: JsonObject): Promise<{ told: Recorded | undefined; busyMs: number }> {
  const session = new GatewaySession();
  session.tools.set('lookup', compileTool(manifest({ name: 'lookup', schema, retry: { max_attempts: 1 } })));
  await session.gateway(() => output(given));
  const { user: before } = process.threadCpuUsage();
  await session.request('c1', 'lookup', 'properties' in (schema as { input: object }).input ? given : {});
  const told = (await session.answers()).at(-1);
  return { told, busyMs: (process.threadCpuUsage().user - before) / 1_000 };
}

describe('an attack by what takes long to check', () => {
  it.each(HEAVY)('is refused, with the gateway soon free again, where arguments are %s', async (_how, input, given) => {
    const { told, busyMs } = await answered({ input, output: {} }, given);
    expect(told).toMatchObject({ type: 'tool-refused', payload: { code: 'arguments/invalid' } });
    expect(busyMs).toBeLessThan(2_500);
  });

  it.each(HEAVY)(
    'is a fault, with the gateway soon free again, where an answer is %s',
    async (_how, promised, given) => {
      const { told, busyMs } = await answered({ input: {}, output: promised }, given);
      expect(told).toMatchObject({ type: 'tool-finished', payload: { fault: { code: 'output/invalid' } } });
      expect(busyMs).toBeLessThan(2_500);
    },
  );

  it('is refused on record, and counts as refused, where nobody could tell what arguments mean', async () => {
    const session = new GatewaySession();
    await session.begin({ budget: { refusals: 1 } });
    const executor = { execute: async () => output(), meaning: () => Promise.reject(new RangeError('too deep')) };
    await session.gateway(session.doing(), { executor });
    await session.request('c1');
    await session.request('c2');
    expect((await session.answers(2)).map(({ payload }) => payload)).toMatchObject([
      { call_id: 'c1', code: 'arguments/not-understood' },
      { call_id: 'c2', code: 'TOOL_BUDGET_EXCEEDED' },
    ]);
    expect(String(session.reported[0])).toContain('too deep');
  });
});
