import {
  encodeBundle,
  type PolicyFaultError,
  type PolicyQuestion,
  policyInput,
  WasmPolicyEngine,
} from '@voorman/policy';
import { compileRego, json, someParts } from '@voorman/policy/testing';
import { describe, expect, it } from 'vitest';

const RULES = `package p

default decision := {"allow": false}

decision := {"allow": true} if input.arguments.mode == "plain"
decision := {"allow": true, "reasons": ["one"]} if input.arguments.mode == "two minds"
decision := {"allow": true, "reasons": ["two"]} if input.arguments.mode == "two minds"
decision := {"allow": "true"} if input.arguments.mode == "text"
decision := {"allow": 1} if input.arguments.mode == "number"
decision := {"allow": [true]} if input.arguments.mode == "list"
decision := "true" if input.arguments.mode == "bare text"
decision := {"allow": true, "Allow": true} if input.arguments.mode == "twice"
decision := {"allow": true, "obligations": ["redact"]} if input.arguments.mode == "bare obligation"
decision := {"allow": true, "obligations": {}} if input.arguments.mode == "no list"
decision := {"allow": true, "obligations": numbers.range(1, 30)} if input.arguments.mode == "numbers"
decision := {"allow": 1 / input.arguments.by == 1} if input.arguments.mode == "division"
decision := {"allow": true} if {
	input.arguments.mode == "memory"
	count(numbers.range(1, 100000000)) > 0
}
decision := {"allow": true} if {
	input.arguments.mode == "pattern"
	regex.match(input.arguments.pattern, input.arguments.text)
}
decision := {"allow": true} if {
	input.arguments.mode == "split"
	count(regex.split(input.arguments.pattern, input.arguments.text)) > 0
}
decision := {"allow": true} if {
	input.arguments.mode == "aliases"
	count(yaml.unmarshal(input.arguments.text)) > 0
}
`;
/** Nothing but Rego's own: the engine keeps no time for a question that looks like a quick one. */
const PAIRING = `package p

default decision := {"allow": false}

decision := {"allow": true} if input.arguments.mode == "plain"
decision := {"allow": true} if {
	input.arguments.mode == "listed"
	count([1 | some a in input.arguments.list; some b in input.arguments.list; some c in input.arguments.list; a + b == c]) > 0
}
`;
const faults: PolicyFaultError[] = [];
const programs = new Map([RULES, PAIRING].map((rules) => [rules, compileRego(rules, 'p/decision')]));
const compiled = async (rules: string) => (await programs.get(rules)) ?? new Uint8Array();
const engine = async (rules = RULES): Promise<WasmPolicyEngine> =>
  WasmPolicyEngine.load(
    encodeBundle(someParts({ wasm: await compiled(rules), data: json({}), entrypoints: [{ rule: 'p/decision' }] })),
    { onFault: (fault) => faults.push(fault), limitMs: 100 },
  );
const call = (args: PolicyQuestion['arguments']) =>
  policyInput({ action: 'tool_execute', tenant: 'acme', session: 's', agent: 'bot', tool_name: 'x', arguments: args });
const timed = (policy: WasmPolicyEngine, args: PolicyQuestion['arguments']) => {
  const began = performance.now();
  const { allow } = policy.decide(call(args));
  return { allow, ms: performance.now() - began };
};

describe('an attack on policy', () => {
  it.each(['two minds', 'text', 'number', 'list', 'bare text', 'twice', 'bare obligation', 'no list', 'numbers'])(
    'by an answer that is none (%s) is a refusal',
    async (mode) => {
      const policy = await engine();
      expect(policy.decide(call({ mode }))).toMatchObject({ allow: false });
      expect(policy.decide(call({ mode: 'plain' }))).toMatchObject({ allow: true });
    },
  );

  it('by a division by nothing is a refusal', async () => {
    expect((await engine()).decide(call({ mode: 'division', by: 0 }))).toMatchObject({ allow: false });
  });

  it('by memory ends in a refusal, and the next question is answered', async () => {
    const policy = await engine();
    expect(timed(policy, { mode: 'plain' }).allow).toBe(true);
    expect(timed(policy, { mode: 'memory' })).toMatchObject({ allow: false });
    expect(timed(policy, { mode: 'plain' }).allow).toBe(true);
  });

  it('by a list that makes a rule slow, small enough to look harmless, after quick questions of its kind', async () => {
    const policy = await engine(PAIRING);
    for (let round = 0; round < 5; round += 1) expect(timed(policy, { mode: 'plain' }).allow).toBe(true);
    const list = Array.from({ length: 700 }, (_, index) => 10_000 + index);
    const { allow, ms } = timed(policy, { mode: 'listed', list });
    expect({ allow, isQuick: ms < 10_000 }).toEqual({ allow: false, isQuick: true });
    expect(timed(policy, { mode: 'plain' }).allow).toBe(true);
  });

  it.each([
    ['match', '(a*)*b'],
    ['split', '(a*)*b'],
    ['split', '(a|a)*$x'],
  ])('by a pattern that goes back again and again (%s %s)', async (how, pattern) => {
    const policy = await engine();
    for (let round = 0; round < 5; round += 1) timed(policy, { mode: 'plain' });
    const text = `${'a'.repeat(30)}!`;
    expect(timed(policy, { mode: how === 'match' ? 'pattern' : 'split', pattern, text }).ms).toBeLessThan(10_000);
  });

  it('by YAML that names itself again and again', async () => {
    const policy = await engine();
    for (let round = 0; round < 5; round += 1) timed(policy, { mode: 'plain' });
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let n = 1; n < 9; n += 1)
      lines.push(
        `a${n}: &a${n} [${Array(9)
          .fill(`*a${n - 1}`)
          .join(', ')}]`,
      );
    expect(timed(policy, { mode: 'aliases', text: lines.join('\n') }).ms).toBeLessThan(10_000);
    expect(timed(policy, { mode: 'plain' }).allow).toBe(true);
  });

  it.each([
    ['ten megabytes', { mode: 'plain', text: 'x'.repeat(10_000_000) }],
    ['half a character', { mode: 'plain', text: 'a\ud800' }],
    ['half a character in a name', { mode: 'plain', 'a\udc00': 1 }],
    ['a number that is none', { mode: 'plain', n: Number.NaN }],
    ['a number without end', { mode: 'plain', n: Number.POSITIVE_INFINITY }],
    [
      'nesting that no reader survives',
      { mode: 'plain', deep: JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) },
    ],
  ])('by a question that would become another on the way (%s) is a refusal, at once', async (_what, args) => {
    const policy = await engine();
    const { allow, ms } = timed(policy, args);
    expect({ allow, isQuick: ms < 1_000 }).toEqual({ allow: false, isQuick: true });
    expect(timed(policy, { mode: 'plain' }).allow).toBe(true);
  });

  it('by names that only look like others is a refusal', async () => {
    const policy = await engine();
    for (const mode of ['Plain', 'plain ', 'рlain', 'ｐlain', 'plain\u200b', 'plain\0']) {
      expect(policy.decide(call({ mode }))).toMatchObject({ allow: false });
    }
    expect(policy.decide(call(JSON.parse('{"__proto__":{"mode":"plain"}}')))).toMatchObject({ allow: false });
    expect(policy.decide(call(JSON.parse('{"constructor":{"mode":"plain"}}')))).toMatchObject({ allow: false });
  });

  it('by two rules that disagree is a refusal, whichever is asked first', async () => {
    const rules = `package p
yes := {"allow": true}
no := {"allow": false, "reasons": ["no"]}
nonsense := "yes"
`;
    const program = await compileRego(rules, 'p/yes', 'p/no', 'p/nonsense');
    const orders = [
      ['p/yes', 'p/no'],
      ['p/no', 'p/yes'],
      ['p/yes', 'p/nonsense'],
      ['p/nonsense', 'p/yes'],
    ];
    for (const order of orders) {
      const parts = someParts({ wasm: program, data: json({}), entrypoints: order.map((rule) => ({ rule })) });
      const policy = await WasmPolicyEngine.load(encodeBundle(parts)).catch(() => undefined);
      // A bundle that cannot answer the simplest question is not even taken.
      expect(policy?.decide(call({})).allow ?? false).toBe(false);
    }
  });
});
