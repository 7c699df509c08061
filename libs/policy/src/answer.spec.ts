import { describe, expect, it } from 'vitest';
import { answerOf, toAnswer } from './answer.js';
import type { Entrypoint } from './entrypoint.js';
import { policyInput } from './policy-input.js';

const answered = (result: unknown) => toAnswer('authz/decision', result);

describe('the answer of an entry point', () => {
  it('is a document of allow and reasons', () => {
    expect(answered({ allow: true, reasons: ['listed'] })).toEqual({
      allow: true,
      reasons: ['listed'],
      obligations: [],
    });
    expect(answered({ allow: false })).toEqual({ allow: false, reasons: [], obligations: [] });
  });

  it('may be the bare value of a rule', () => {
    expect(answered(true)).toEqual({ allow: true, reasons: ['authz/decision is true.'], obligations: [] });
    expect(answered(false)).toEqual({ allow: false, reasons: ['authz/decision is false.'], obligations: [] });
  });

  it('is a refusal where the rule has no value for the question', () => {
    expect(toAnswer('authz/decision', undefined)).toEqual({
      allow: false,
      reasons: ['authz/decision has no answer to this.'],
      obligations: [],
    });
  });

  it.each([
    ['a string', 'true'],
    ['a number', 1],
    ['nothing', null],
    ['a list', [true]],
    ['an empty document', {}],
    ['allow in words', { allow: 'true' }],
    ['reasons that are no list', { allow: true, reasons: 'because' }],
    ['a reason that is no sentence', { allow: true, reasons: [1] }],
    ['an obligation that nobody here would carry out', { allow: true, reasons: [], obligations: ['redact'] }],
  ])('is a fault when it is %s', (_name, result) => {
    expect(answered(result)).toHaveProperty('problem');
  });

  it('may ask for more than a yes', () => {
    expect(answered({ allow: true, obligations: [{ type: 'cap_rows', max: 1 }] })).toEqual({
      allow: true,
      reasons: [],
      obligations: [{ type: 'cap_rows', max: 1 }],
    });
  });
});

const call = (tool: string | undefined) =>
  policyInput({
    action: 'tool_execute',
    tenant: 'acme',
    session: 's',
    agent: 'bot',
    ...(tool === undefined ? {} : { tool_name: tool }),
  });
const handing = policyInput({ action: 'task_delegate', tenant: 'acme', session: 's', agent: 'orchestrator' });

describe('the answers of several entry points', () => {
  const whole: Entrypoint = { rule: 'a/whole' };
  const narrow: Entrypoint = { rule: 'b/narrow', actions: ['tool_execute'], tools: ['database_query'] };
  const values = (entries: Record<string, unknown>) => (rule: string) => entries[rule];

  it('allow only together', () => {
    const answer = (a: boolean, b: boolean) =>
      answerOf([whole, narrow], call('database_query'), values({ 'a/whole': a, 'b/narrow': b }));
    expect(answer(true, true)).toMatchObject({ allow: true });
    expect(answer(true, false)).toMatchObject({ allow: false, reasons: ['b/narrow is false.'] });
    expect(answer(false, true)).toMatchObject({ allow: false, reasons: ['a/whole is false.'] });
  });

  it('come from those that speak for the question and from no other', () => {
    const asked: string[] = [];
    const valueBy = (rule: string) => asked.push(rule) > 0;
    answerOf([whole, narrow], call('search'), valueBy);
    answerOf([whole, narrow], handing, valueBy);
    expect(asked).toEqual(['a/whole', 'a/whole']);
  });

  it('come from all that speak for a tool when the question does not say which tool it is about', () => {
    expect(answerOf([narrow], call(undefined), values({ 'b/narrow': false }))).toMatchObject({
      reasons: ['b/narrow is false.'],
    });
  });

  it('are no when nobody speaks for the question', () => {
    expect(answerOf([narrow], handing, () => true)).toEqual({
      allow: false,
      reasons: ['No rule of this policy speaks for task_delegate.'],
      obligations: [],
    });
  });

  it('bring the obligations of all who allow, each once, and none along with a no', () => {
    const draft = { type: 'draft' };
    const cap = { type: 'cap_rows', max: 10 };
    const both = (allow: boolean) =>
      answerOf(
        [whole, narrow],
        call('database_query'),
        values({
          'a/whole': { allow: true, obligations: [draft, cap] },
          'b/narrow': { allow, obligations: [draft] },
        }),
      );
    expect(both(true)).toMatchObject({ allow: true, obligations: [draft, cap] });
    expect(both(false)).toMatchObject({ allow: false, obligations: [] });
  });

  it('are a fault when they oblige to more than a record can hold', () => {
    const obligations = Array.from({ length: 21 }, (_, max) => ({ type: 'cap_rows', max }));
    expect(answerOf([whole], handing, () => ({ allow: true, obligations }))).toHaveProperty('problem');
  });
});
