import { describe, expect, it } from 'vitest';
import { encodeBundle } from '../bundle.js';
import type { PolicyFaultError } from '../errors.js';
import { type PolicyQuestion, policyInput } from '../policy-input.js';
import { compileRego } from '../testing/compile-rego.js';
import { json, someParts } from '../testing/parts.js';
import { WasmPolicyEngine } from './wasm-policy-engine.js';

const RULES = `package p

default allow := false

allow if input.tool_name == "quick"

# Nine thousand million pairs.
allow if {
	input.tool_name == "endless"
	count([1 | some a in data.many; some b in data.many; a + b == 1]) > 0
}

allow if {
	input.tool_name == "listed"
	count([1 | some a in input.arguments.list; some b in input.arguments.list; some c in input.arguments.list; a + b == c]) > 0
}
`;

const faults: PolicyFaultError[] = [];
async function engine(data: unknown = {}): Promise<WasmPolicyEngine> {
  const wasm = await compileRego(RULES, 'p/allow');
  return await WasmPolicyEngine.load(
    encodeBundle(someParts({ wasm, data: json(data), entrypoints: [{ rule: 'p/allow' }] })),
    { onFault: (fault) => faults.push(fault), limitMs: 100 },
  );
}
const call = (tool_name: string, more: Partial<PolicyQuestion> = {}) =>
  policyInput({ action: 'tool_execute', tenant: 'acme', session: 's', agent: 'bot', tool_name, ...more });

describe('a policy that takes long', () => {
  it('is stopped when its time or its memory is up, refuses, says so, and goes on deciding', async () => {
    const slow = await engine({ many: Array.from({ length: 100_000 }, (_, index) => index) });
    faults.length = 0;
    for (let round = 0; round < 3; round += 1) {
      const began = performance.now();
      expect(slow.decide(call('endless'))).toMatchObject({ allow: false });
      expect(performance.now() - began).toBeLessThan(10_000);
      expect(slow.decide(call('quick'))).toMatchObject({ allow: true });
    }
    expect(faults).toHaveLength(3);
    // A quick machine uses up the memory of an evaluation before its time.
    for (const { problem } of faults) expect(problem).toMatch(/^it takes longer than 100 ms$|^opa_malloc: failed$/);
  });

  it('is stopped as well when it is only long for what somebody sends', async () => {
    const careless = await engine();
    expect(careless.decide(call('listed', { arguments: { list: [1, 2, 3] } }))).toMatchObject({ allow: true });
    const list = Array.from({ length: 5_000 }, (_, index) => index * 2 + 1);
    const began = performance.now();
    expect(careless.decide(call('listed', { arguments: { list } }))).toMatchObject({ allow: false });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(careless.decide(call('quick'))).toMatchObject({ allow: true });
  });

  it('decides over 10 MB of data in microseconds', async () => {
    const users = Object.fromEntries(
      Array.from({ length: 70_000 }, (_, index) => [`user-${index}`, { role: 'reader', note: 'x'.repeat(110) }]),
    );
    const bytes = JSON.stringify({ users }).length;
    expect(bytes).toBeGreaterThan(10_000_000);
    const large = await engine({ users, many: [] });
    for (let round = 0; round < 100; round += 1) large.decide(call('quick'));
    const began = performance.now();
    for (let round = 0; round < 1_000; round += 1) expect(large.decide(call('quick')).allow).toBe(true);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
