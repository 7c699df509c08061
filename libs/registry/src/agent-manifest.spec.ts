import { describe, expect, it } from 'vitest';
import { AgentManifest } from './agent-manifest.js';

const skill = {
  steps: [{ id: 'read', tool: 'analyze_logs', args: { log: '{{ inputs.log }}' } }],
  output: { answer: '{{ steps.read.summary }}' },
};
const agent = {
  name: 'sre-diagnosis-bot',
  version: '1.0.0',
  description: 'Finds out from logs what went wrong.',
  domain: 'operations',
  capabilities: [{ name: 'diagnose_logs', description: 'Diagnoses logs.', attachments: { kinds: ['log'] } }],
  tools: ['analyze_logs'],
  policy_profile: 'read-only',
  brain: { type: 'scripted', skills: { diagnose_logs: skill } },
};
const problems = (given: unknown) =>
  (AgentManifest.safeParse(given).error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`);

describe('an agent’s manifest', () => {
  it('needs little: the rest has defaults', () => {
    const parsed = AgentManifest.parse(agent);
    expect(parsed.open_to_publishers).toBe(true);
    expect(parsed.limits).toEqual({ tasks_at_once: 16 });
    expect(parsed.capabilities[0]).toEqual({
      name: 'diagnose_logs',
      description: 'Diagnoses logs.',
      keywords: [],
      attachments: { kinds: ['log'], required: false },
      uses: [],
      input: {},
      output: {},
    });
  });

  it('fills an input from what another capability found', () => {
    const uses = [{ capability: 'review_diff', input: 'suspects', path: 'findings.files' }];
    const capabilities = [{ ...agent.capabilities[0], uses, input: { 'suspects?': 'string[]' } }];
    expect(AgentManifest.parse({ ...agent, capabilities }).capabilities[0]?.uses).toEqual(uses);
    const crooked = [{ ...agent.capabilities[0], uses: [{ ...uses[0], path: 'a..b' }] }];
    expect(problems({ ...agent, capabilities: crooked })[0]).toMatch(
      /^capabilities.0.uses.0.path: must be field names/,
    );
  });

  it('cannot bear the name of a service', () => {
    for (const name of ['orchestrator', 'tool-gateway', 'policy', 'journal']) {
      expect(problems({ ...agent, name })).toEqual(['name: is the name of a service; choose another']);
    }
  });

  it('has one skill for every capability, and none besides', () => {
    expect(problems({ ...agent, brain: { type: 'scripted', skills: {} } })).toEqual([
      'brain.skills: has no skill for the capability diagnose_logs',
    ]);
    expect(problems({ ...agent, brain: { type: 'scripted', skills: { diagnose_logs: skill, sing: skill } } })).toEqual([
      'brain.skills.sing: is a skill for no capability of this agent',
    ]);
    expect(problems({ ...agent, capabilities: [agent.capabilities[0], agent.capabilities[0]] })).toEqual([
      'capabilities.1.name: diagnose_logs stands twice',
    ]);
  });

  it('takes only steps that its tools can do', () => {
    expect(problems({ ...agent, tools: [] })).toEqual([
      'brain.skills.diagnose_logs.steps.0.tool: analyze_logs is not among the agent’s tools',
    ]);
  });

  it('refuses a field that it does not know, at any depth', () => {
    expect(problems({ ...agent, tool: [] })).toContain(': tool is not a field here; did you mean tools?');
    const capabilities = [{ ...agent.capabilities[0], keyword: [] }];
    expect(problems({ ...agent, capabilities })).toContain(
      'capabilities.0: keyword is not a field here; did you mean keywords?',
    );
    expect(problems({ ...agent, brain: { type: 'psychic' } })).toContain('brain.type: type must be scripted');
  });
});
