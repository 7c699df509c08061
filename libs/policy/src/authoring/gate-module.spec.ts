import { describe, expect, it } from 'vitest';
import { gateModule } from './gate-module.js';

describe('the module that answers for all entry points', () => {
  it('evaluates a rule that speaks for everything at every question', () => {
    expect(gateModule([{ rule: 'house/rest/decision' }])).toContain(
      'results["house/rest/decision"] := data.house.rest.decision\n',
    );
  });

  it('evaluates a rule with a scope only within it, and also where the question does not say which tool it is about', () => {
    const text = gateModule([{ rule: 'a/b' }, { rule: 'c/d', actions: ['tool_execute'], tools: ['x', 'y"z'] }]);
    expect(text).toContain(
      'results["c/d"] := data.c.d if {\n\tinput.action in {"tool_execute"}\n\tabout_tools_of_1\n}',
    );
    expect(text).toContain('about_tools_of_1 if input.tool_name in {"x", "y\\"z"}');
    expect(text).toContain('input.action == "tool_execute"\n\tnot "tool_name" in object.keys(input)');
  });
});
