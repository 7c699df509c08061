import { Decision, type JsonObject } from '@voorman/envelope';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBundle } from '../bundle.js';
import type { PolicyFaultError } from '../errors.js';
import { policyInput } from '../policy-input.js';
import { compileRego } from '../testing/compile-rego.js';
import { json, someParts } from '../testing/parts.js';
import { WasmPolicyEngine } from './wasm-policy-engine.js';

/** Each rule below misbehaves for one tool and is well for the others. */
const REGO = `package voorman.authz

default decision := {"allow": false, "reasons": ["nothing allows this"]}

decision := {"allow": true, "reasons": [input.tool_name]} if input.tool_name in data.allowed

decision := "yes" if input.tool_name == "nonsense"

decision := {"allow": true, "obligations": ["redact"]} if input.tool_name == "obliging"

decision := {"allow": true, "reasons": reasons} if {
  input.tool_name == "talkative"
  reasons := [reason | some i in numbers.range(1, 100); reason := concat("", [concat("", [input.agent | some _ in numbers.range(1, 100)]), format_int(i, 10)])]
}

decision := answer if {
  input.tool_name == "contradictory"
  some allow in [true, false]
  answer := {"allow": allow, "reasons": []}
}

decision := {"allow": true, "reasons": []} if {
  input.tool_name == "greedy"
  count([[a, b, c] | some a in numbers.range(1, 400); some b in numbers.range(1, 400); some c in numbers.range(1, 400)]) > 0
}

query_only if input.query_type == "SELECT"

broken := 1 / input.zero
`;

let program: Uint8Array;
beforeAll(async () => {
  program = await compileRego(REGO, 'voorman/authz/decision', 'voorman/authz/query_only');
});

const faults: PolicyFaultError[] = [];
const bundleOf = (entrypoints = ['voorman/authz/decision'], data: unknown = { allowed: ['search'] }) =>
  encodeBundle(someParts({ entrypoints: entrypoints.map((rule) => ({ rule })), wasm: program, data: json(data) }));
const load = (entrypoints?: string[]) =>
  WasmPolicyEngine.load(bundleOf(entrypoints), { onFault: (fault) => faults.push(fault), nowUs: () => 0 });
const question = (tool_name: string, more: { arguments?: JsonObject; query_type?: string } = {}) =>
  policyInput({ action: 'tool_execute', tenant: 'acme', session: 's', agent: 'sre-diagnosis-bot', tool_name, ...more });

const nested = (levels: number): JsonObject => {
  let value: JsonObject = {};
  for (let level = 0; level < levels; level += 1) value = { value };
  return value;
};

describe('a compiled policy', () => {
  it('answers with its reasons, its revision and what the answer took', async () => {
    let nowUs = 100;
    const engine = await WasmPolicyEngine.load(bundleOf(), { nowUs: () => (nowUs += 7) });
    expect(engine.decide(question('search'))).toEqual({
      action: 'tool_execute',
      allow: true,
      reasons: ['search'],
      bundle: 'r1',
      latency_us: 7,
    });
  });

  it('refuses what no rule allows', async () => {
    const engine = await load();
    expect(engine.decide(question('rm'))).toMatchObject({ allow: false, reasons: ['nothing allows this'] });
  });

  it('allows, of several entry points, what all of them allow, and gives the reasons of those that do not', async () => {
    const engine = await load(['voorman/authz/decision', 'voorman/authz/query_only']);
    expect(engine.decide(question('search', { query_type: 'SELECT' }))).toMatchObject({ allow: true });
    expect(engine.decide(question('search', { query_type: 'DROP' }))).toMatchObject({
      allow: false,
      reasons: ['voorman/authz/query_only has no answer to this.'],
    });
    expect(engine.decide(question('rm', { query_type: 'SELECT' }))).toMatchObject({
      allow: false,
      reasons: ['nothing allows this'],
    });
  });

  it.each([
    ['answers nonsense', 'nonsense', {}],
    ['asks for an obligation that nobody knows', 'obliging', {}],
    ['is asked about a number that is none', 'search', { arguments: { n: Number.NaN } }],
    ['is asked about a number beyond all numbers', 'search', { arguments: { n: Number.POSITIVE_INFINITY } }],
    ['contradicts itself', 'contradictory', {}],
    ['runs out of memory', 'greedy', {}],
    ['is asked something deeper than it can read', 'search', { arguments: nested(100) }],
    ['is asked something larger than it can read', 'search', { arguments: { text: 'x'.repeat(300_000) } }],
    ['is asked something that is no text', 'search', { arguments: { text: '\ud800' } }],
  ])('refuses, reports it and goes on when it %s', async (_name, tool, more) => {
    const engine = await load();
    faults.length = 0;
    const decision = engine.decide(question(tool, more));
    expect(decision).toMatchObject({ allow: false, bundle: 'r1' });
    expect(decision.reasons).toEqual(['The policy could not decide this, and what is not decided is refused.']);
    expect(faults.map((fault) => fault.code)).toEqual(['policy/fault']);
    expect(engine.decide(question('search')).allow).toBe(true);
  });

  it('survives a question as deep as the stack', async () => {
    const engine = await load();
    expect(engine.decide(question('search', { arguments: nested(100_000) }))).toMatchObject({ allow: false });
  });

  it('still decides after a thousand faults', async () => {
    const engine = await load();
    for (let round = 0; round < 1_000; round += 1) engine.decide(question('contradictory'));
    expect(engine.decide(question('search')).allow).toBe(true);
  });

  it('gives a decision that fits its record, however much it says', async () => {
    const engine = await load();
    const decision = engine.decide(question('talkative'));
    expect(decision.allow).toBe(true);
    expect(Decision.parse(decision).reasons).toHaveLength(20);
  });

  it.each([
    ['is not the one its digest names', () => bundleOf().with(-3, 0), 'digest'],
    ['holds no program', () => encodeBundle(someParts()), 'cannot be loaded'],
    ['holds a program that is no policy', () => encodeBundle(someParts({ wasm: EMPTY_WASM })), 'cannot be loaded'],
    ['lacks the entry point it names', () => bundleOf(['voorman/authz/other']), 'no entry point voorman/authz/other'],
    ['has data that is no object', () => bundleOf(undefined, [1]), 'not a JSON object'],
    ['has data that is no JSON', () => encodeBundle(someParts({ wasm: program, data: EMPTY_WASM })), 'not JSON'],
    ['has data that the engine cannot read', () => bundleOf(undefined, { a: '\ud800' }), 'cannot be loaded'],
  ])('is rejected when its bundle %s', async (_name, bundle, words) => {
    await expect(WasmPolicyEngine.load(bundle())).rejects.toMatchObject({
      code: 'policy/bundle-rejected',
      message: expect.stringContaining(words),
    });
  });

  it('is rejected when it would need the network or the clock', async () => {
    const rego =
      'package p\n\nallow if http.send({"method": "get", "url": input.agent}).status_code == time.now_ns()\n';
    const bundle = encodeBundle(
      someParts({ wasm: await compileRego(rego, 'p/allow'), entrypoints: [{ rule: 'p/allow' }] }),
    );
    await expect(WasmPolicyEngine.load(bundle)).rejects.toThrow('its rules use http.send, time.now_ns');
  });

  it('writes reasons with the functions that the engine adds', async () => {
    const rego = 'package p\n\nd := {"allow": true, "reasons": [sprintf("%s %d", [input.agent, 7])]}\n';
    const bundle = encodeBundle(someParts({ wasm: await compileRego(rego, 'p/d'), entrypoints: [{ rule: 'p/d' }] }));
    expect((await WasmPolicyEngine.load(bundle)).decide(question('x')).reasons).toEqual(['sre-diagnosis-bot 7']);
  });

  it('is rejected when it cannot even answer the simplest question', async () => {
    const wasm = await compileRego('package p\n\nanswer := "yes"\n', 'p/answer');
    const bundle = encodeBundle(someParts({ wasm, entrypoints: [{ rule: 'p/answer' }] }));
    await expect(WasmPolicyEngine.load(bundle)).rejects.toThrow('cannot answer the simplest question');
  });
});

/** A valid module that exports nothing. */
const EMPTY_WASM = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
