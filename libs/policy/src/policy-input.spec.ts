import { describe, expect, it } from 'vitest';
import { PolicyInput, policyInput } from './policy-input.js';

const question = {
  action: 'tool_execute',
  tenant: 'acme',
  session: 's-1',
  task: 't-1',
  agent: 'legal-document-bot',
} as const;

describe('the input document of a question', () => {
  it('names its version, and the strictest environment where none is configured', () => {
    expect(policyInput(question)).toMatchObject({ schema: 1, environment: 'production' });
    expect(policyInput({ ...question, environment: 'staging' })).toMatchObject({ environment: 'staging' });
  });

  it('puts the name of the tool where a flat rule looks for it', () => {
    const tool = { name: 'database_query', version: '1.0.0', type: 'sql', effect: 'read' } as const;
    expect(policyInput({ ...question, tool }).tool_name).toBe('database_query');
  });

  it('leaves out what does not apply, so that no rule compares with an empty value', () => {
    expect(Object.keys(policyInput(question))).not.toContain('tool_name');
  });

  it('fits its own schema, which knows no other field', () => {
    expect(PolicyInput.safeParse(policyInput(question)).success).toBe(true);
    expect(PolicyInput.safeParse({ ...policyInput(question), admin: true }).success).toBe(false);
  });
});
