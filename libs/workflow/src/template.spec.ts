import { describe, expect, it } from 'vitest';
import { Graph } from './graph.js';
import { render, TemplateError } from './template.js';

const scope = { inputs: { email: 'a@b.example', department: 'ops', count: 3 }, steps: { look: { lines: [1, 2] } } };

describe('a template', () => {
  it('takes a quoted value with its type, and writes it out inside a longer text', () => {
    expect(
      render({ upn: '{{ inputs.email }}', n: '{{ inputs.count }}', lines: '{{ steps.look.lines }}' }, scope),
    ).toEqual({
      upn: 'a@b.example',
      n: 3,
      lines: [1, 2],
    });
    expect(render({ groups: ['{{ inputs.department }}-all'] }, scope)).toEqual({ groups: ['ops-all'] });
  });

  it('leaves out what is optional and missing', () => {
    expect(render({ a: '{{ inputs.phone? }}', b: ['{{ inputs.phone? }}'], c: 'x{{ inputs.phone? }}' }, scope)).toEqual({
      b: [],
      c: 'x',
    });
  });

  it('leaves out everything missing, where that is asked for', () => {
    expect(render({ a: '{{ inputs.phone }}', b: 'x{{ inputs.phone }}' }, scope, 'omit')).toEqual({ b: 'x' });
  });

  it('names the path that leads nowhere', () => {
    expect(() => render('{{ steps.look.nothing }}', scope)).toThrow(new TemplateError('steps.look.nothing'));
    expect(new TemplateError('steps.look.nothing')).toMatchObject({
      code: 'workflow/template',
      message: 'There is no value for {{ steps.look.nothing }}.',
      next: expect.stringContaining('?'),
    });
  });

  it('reaches no prototype', () => {
    expect(() => render('{{ inputs.constructor.name }}', scope)).toThrow(TemplateError);
    expect(() => render('{{ inputs.__proto__ }}', scope)).toThrow(TemplateError);
  });

  it('does not fill what a filled-in value quotes', () => {
    expect(render('say {{ inputs.text }}', { inputs: { text: '{{ inputs.secret }}', secret: 's' } })).toBe(
      'say {{ inputs.secret }}',
    );
  });
});

describe('a graph', () => {
  const output = { answer: 'done' };
  it('is refused with a sentence when steps are doubled, missing or circular', () => {
    const say = (steps: unknown) => Graph.safeParse({ steps, output }).error?.issues.map((i) => i.message) ?? [];
    expect(
      say([
        { id: 'a', tool: 't' },
        { id: 'a', tool: 't' },
      ]),
    ).toContain('the step a stands twice');
    expect(say([{ id: 'a', tool: 't', depends_on: ['z'] }])).toContain('a depends on z, which is no step');
    expect(
      say([
        { id: 'a', tool: 't', depends_on: ['b'] },
        { id: 'b', tool: 't', depends_on: ['a'] },
      ]),
    ).toContain('the steps a → b → a wait for each other');
  });
});
