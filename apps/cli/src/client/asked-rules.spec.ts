import { describe, expect, it } from 'vitest';
import { AskedRules } from './asked-rules.js';

describe('the rules that were asked for a decision', () => {
  const asked = new AskedRules(
    new Map([
      ['r1', [{ rule: 'voorman/authz/decision' }, { rule: 'pay/decision', actions: ['tool_execute'], tools: ['pay'] }]],
    ]),
  );

  it('are those that speak for what was asked, and no others', () => {
    const about = (tool: string | null, action = 'tool_execute') => asked.about({ action, tool, bundle: 'r1' });
    expect(about('pay')).toEqual(['voorman/authz/decision', 'pay/decision']);
    expect(about('look_up')).toEqual(['voorman/authz/decision']);
    expect(about(null, 'publish')).toEqual(['voorman/authz/decision']);
  });

  it('are none of a bundle that nobody knows', () => {
    expect(asked.about({ action: 'publish', tool: null, bundle: 'none' })).toEqual([]);
  });
});
