import type { PolicySources } from '../authoring/sources.js';

export const RULES = `package p

default decision := {"allow": false, "reasons": ["no"]}

decision := {"allow": true, "reasons": ["listed"]} if input.tool_name in data.registry.agents[input.agent].tools
`;

export const TESTS = `package p_test

import data.p

test_default_deny if not p.decision.allow with input as {}
`;

/** A small policy that compiles and passes; a test changes one thing of it. */
export const someSources = (files: Readonly<Record<string, string>> = {}): PolicySources => ({
  files: Object.entries({ 'p.rego': RULES, 'p_test.rego': TESTS, ...files }).map(([path, text]) => ({ path, text })),
  data: {},
  entrypoints: [{ rule: 'p/decision' }],
  registry: {
    agents: {
      bot: { domain: 'd', profile: 'reader', tools: ['search'], capabilities: ['find'], open_to_publishers: false },
    },
    tools: { search: { version: '1.0.0', type: 'api', effect: 'read' } },
  },
});
