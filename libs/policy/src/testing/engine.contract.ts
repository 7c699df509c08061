import { Decision, type JsonObject } from '@voorman/envelope';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileBundle, OpaCommand, type PolicySources } from '../authoring/index.js';
import type { PolicyFaultError } from '../errors.js';
import type { BundleEngine } from '../policy-engine.js';
import { type PolicyQuestion, policyInput } from '../policy-input.js';
import { AGENT_RBAC } from './agent-rbac.js';

/** Each rule misbehaves for one tool and is well for the others. */
const ODD = `package odd

default decision := {"allow": true, "reasons": ["as ever"]}

decision := "yes" if input.tool_name == "nonsense"

decision := {"allow": "true"} if input.tool_name == "word"

decision := {"allow": true, "obligations": ["redact"]} if input.tool_name == "obliging"

decision := {"allow": true, "why": "because"} if input.tool_name == "chatty"

decision := answer if {
	input.tool_name == "contradictory"
	some allow in [true, false]
	answer := {"allow": allow, "reasons": []}
}
`;

const REST = `package house.rest

import data.house.lib

decision := {"allow": true, "reasons": [lib.reason(input.agent)], "obligations": obligation} if {
	input.tool_name in data.limits.eu.tools
	count(objection) == 0
} else := {"allow": false, "reasons": objection} if {
	count(objection) > 0
}

decision := {"allow": true, "reasons": ["handed on"]} if input.action == "task_delegate"

obligation contains {"type": "cap_rows", "max": data.limits.eu.rows} if input.query_type == "SELECT"

obligation contains {"type": "redact", "fields": ["/email"]} if "customer" in input.history.data_classes

# Text that a careless mover of rules would change: äöü€😀 data.house, and parentheses that matter.
decision := {"allow": true, "reasons": [note]} if {
	input.tool_name == "careful"
	(input.agent in data.nobody) == (count(data.limits.eu.tools) > 99)
	note := "data.house is 'data' here: äöü€😀"; data.limits["eu"].rows == 10
}

objection contains "No outside mail after reading customer data." if {
	input.tool_name == "send_mail"
	"customer" in input.history.data_classes
	some recipient in input.recipients
	not endswith(recipient, "@house.example")
}
`;

const LIB = `package house.lib

reason(name) := concat("", [name, " is known in ", data.registry.agents[name].domain, "."])
`;

const SOURCES: PolicySources = {
  files: [
    { path: 'odd.rego', text: ODD },
    { path: 'old/agent-rbac.rego', text: AGENT_RBAC },
    { path: 'house/rest.rego', text: REST },
    { path: 'house/lib.rego', text: LIB },
  ],
  data: { limits: { eu: { tools: ['database_query', 'send_mail', 'search'], rows: 10 } }, nobody: [] },
  entrypoints: [
    { rule: 'odd/decision' },
    { rule: 'agent_rbac/allow', actions: ['tool_execute'], tools: ['database_query'] },
    { rule: 'house/rest/decision' },
  ],
  registry: {
    agents: { bot: { domain: 'data', profile: 'reader', tools: [], capabilities: [], open_to_publishers: false } },
    tools: {},
  },
};

const call = (tool_name: string, more: Partial<PolicyQuestion> = {}) =>
  policyInput({ action: 'tool_execute', tenant: 'acme', session: 's', agent: 'bot', tool_name, ...more });
const dba = { user_role: 'dba', query_type: 'SELECT' } as const;

const nested = (levels: number): JsonObject => {
  let value: JsonObject = {};
  for (let level = 0; level < levels; level += 1) value = { value };
  return value;
};

/** What every engine does with the same bundle. */
export function engineContract(
  name: string,
  load: (bundle: Uint8Array, onFault: (fault: PolicyFaultError) => void) => Promise<BundleEngine>,
): void {
  describe(`a policy in ${name}`, () => {
    let engine: BundleEngine;
    const faults: PolicyFaultError[] = [];
    beforeAll(async () => {
      const { bytes } = await compileBundle(SOURCES, await OpaCommand.locate(), Date.parse('2026-11-21T12:00:00Z'));
      engine = await load(bytes, (fault) => faults.push(fault));
    });
    const decide = async (...asked: Parameters<typeof call>) => Decision.parse(await engine.decide(call(...asked)));

    it('lets a dba select in production by a rule of before 1.0, where the rest allows it', async () => {
      expect(await decide('database_query', dba)).toMatchObject({
        action: 'tool_execute',
        allow: true,
        reasons: ['as ever', 'agent_rbac/allow is true.', 'bot is known in data.'],
        bundle: engine.bundle.manifest.revision,
      });
    });

    it.each([
      ['somebody else', { ...dba, user_role: 'developer' }],
      ['nobody in particular', { query_type: 'SELECT' }],
      ['a dba elsewhere', { ...dba, environment: 'staging' }],
      ['a dba who deletes', { ...dba, query_type: 'DELETE' }],
      ['a dba in other letters', { ...dba, user_role: 'DBA' }],
    ])('does not let %s', async (_who, more) => {
      expect(await decide('database_query', more)).toMatchObject({
        allow: false,
        reasons: ['agent_rbac/allow is false.'],
      });
    });

    it('asks a rule only about what it speaks for', async () => {
      expect(await decide('search')).toMatchObject({ allow: true, reasons: ['as ever', 'bot is known in data.'] });
      const handing = policyInput({ action: 'task_delegate', tenant: 'acme', session: 's', agent: 'orchestrator' });
      expect(await engine.decide(handing)).toMatchObject({ allow: true, reasons: ['as ever', 'handed on'] });
    });

    it('hands on what rules oblige to', async () => {
      const history = { tools: [], data_classes: ['customer'], denials: 0 };
      const { obligations } = await decide('database_query', { ...dba, history });
      expect(obligations).toHaveLength(2);
      expect(obligations).toEqual(
        expect.arrayContaining([
          { type: 'cap_rows', max: 10 },
          { type: 'redact', fields: ['/email'] },
        ]),
      );
      expect(await decide('search')).not.toHaveProperty('obligations');
    });

    it('knows what happened in the session before', async () => {
      const outside = { recipients: ['someone@elsewhere.example'] };
      const read = (...data_classes: string[]) => ({ history: { tools: [], data_classes, denials: 0 } });
      expect(await decide('send_mail', { ...outside, ...read() })).toMatchObject({ allow: true });
      expect(await decide('send_mail', { ...outside, ...read('customer') })).toMatchObject({
        allow: false,
        reasons: ['No outside mail after reading customer data.'],
      });
      expect(await decide('send_mail', { recipients: ['boss@house.example'], ...read('customer') })).toMatchObject({
        allow: true,
      });
    });

    it('reads a rule exactly as it is written', async () => {
      expect(await decide('careful')).toMatchObject({
        allow: true,
        reasons: ['as ever', "data.house is 'data' here: äöü€😀"],
      });
    });

    it('refuses what no rule has an answer to', async () => {
      expect(await decide('unheard_of')).toMatchObject({
        allow: false,
        reasons: ['house/rest/decision has no answer to this.'],
      });
    });

    it.each([
      ['answers nonsense', 'nonsense', {}],
      ['allows in words', 'word', {}],
      ['asks for an obligation that is none', 'obliging', {}],
      ['says more than anyone understands', 'chatty', {}],
      ['contradicts itself', 'contradictory', {}],
      ['is asked something deeper than it can read', 'search', { arguments: nested(100) }],
      ['is asked something larger than it can read', 'search', { arguments: { text: 'x'.repeat(300_000) } }],
      ['is asked something that is no text', 'search', { arguments: { text: '\ud800' } }],
      ['is asked about a number that is none', 'search', { arguments: { n: Number.NaN } }],
    ])('refuses, reports it and goes on when it %s', async (_name, tool, more) => {
      faults.length = 0;
      expect(await decide(tool, more)).toMatchObject({
        allow: false,
        reasons: ['The policy could not decide this, and what is not decided is refused.'],
      });
      expect(faults.map((fault) => fault.code)).toEqual(['policy/fault']);
      expect(await decide('search')).toMatchObject({ allow: true });
    });

    it('decides many questions at once, each for itself', async () => {
      const tools = ['search', 'unheard_of', 'nonsense', 'send_mail'];
      const asked = Array.from({ length: 200 }, (_, index) => tools[index % tools.length] ?? '');
      const decisions = await Promise.all(asked.map((tool) => decide(tool)));
      expect(decisions.map((decision) => decision.allow)).toEqual(
        asked.map((tool) => tool === 'search' || tool === 'send_mail'),
      );
    });
  });
}
