import type { Decision } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { attachmentKind, keywordHits } from './matching.js';
import { type AgentCard, type PlanningInput, propose, proposeAgain } from './planner.js';

const yes: Decision = { action: 'task_delegate', allow: true, reasons: [], bundle: 'r', latency_us: 1 };
const no: Decision = { ...yes, allow: false, reasons: ['not today'] };
const file = (name: string, media_type = 'application/octet-stream') => ({
  name,
  media_type,
  ref: 'payloads_cli/x',
  digest: `sha256:${'0'.repeat(64)}`,
  bytes: 1,
});
const logs = {
  name: 'analyze_logs',
  keywords: ['failing', 'log'],
  attachments: { kinds: ['log'], required: true },
  uses: [],
};
const review = {
  name: 'review_diff',
  keywords: ['change', 'diff'],
  attachments: { kinds: ['diff'], required: true },
  uses: [{ capability: 'analyze_logs', input: 'suspects', path: 'suspects' }],
};
const contract = {
  name: 'review_contract',
  keywords: ['contract', 'clause'],
  attachments: { kinds: ['contract'], required: true },
  uses: [],
};
const cards: AgentCard[] = [
  { name: 'sre-bot', capabilities: [logs] },
  { name: 'sre-bot-2', capabilities: [logs] },
  { name: 'code-bot', capabilities: [review] },
  { name: 'legal-bot', capabilities: [contract] },
];

let made = 0;
const plan = (more: Partial<PlanningInput>): PlanningInput => ({
  request: {},
  cards,
  decide: () => yes,
  nextTaskId: () => `t${++made}`,
  ...more,
});
const choices = (input: PlanningInput) => propose(input).steps.map((step) => `${step.agent}/${step.capability}`);

describe('the planner', () => {
  it('gives every attachment to whoever reads its kind, and lets later steps use what earlier ones find', () => {
    const request = { goal: 'Why are requests failing?', attachments: [file('app.log'), file('deploy.diff')] };
    const { steps } = propose(plan({ request }));
    expect(steps.map(({ agent, attachments }) => ({ agent, attachments }))).toEqual([
      { agent: 'sre-bot', attachments: ['app.log'] },
      { agent: 'code-bot', attachments: ['deploy.diff'] },
    ]);
    expect(steps[1]).toMatchObject({
      depends_on: ['analyze_logs'],
      input: { suspects: '{{ steps.analyze_logs.suspects? }}' },
    });
  });

  it('does not make a review wait for a log analysis that nobody asked for', () => {
    const [step] = propose(plan({ request: { goal: 'Is this change safe?', attachments: [file('a.patch')] } })).steps;
    expect(step).toMatchObject({ agent: 'code-bot', depends_on: [], input: {} });
  });

  it('lets the words of the goal decide what plain text is', () => {
    const attachments = [file('notes.txt', 'text/plain')];
    expect(choices(plan({ request: { goal: 'Which clause of the contract is risky?', attachments } }))).toEqual([
      'legal-bot/review_contract',
    ]);
    expect(choices(plan({ request: { goal: 'Why is it failing? See the log.', attachments } }))).toEqual([
      'sre-bot/analyze_logs',
    ]);
  });

  it('says what the bots can do when nothing fits', () => {
    const { steps, fault } = propose(plan({ request: { goal: 'Bake a cake' } }));
    expect(steps).toEqual([]);
    expect(fault).toMatchObject({ code: 'plan/nothing-fits', message: expect.stringContaining('analyze_logs') });
  });

  it('passes over a bot that policy keeps from it, and remembers the refusal', () => {
    const request = { goal: 'Why?', attachments: [file('app.log')] };
    const proposal = propose(plan({ request, decide: (agent) => (agent === 'sre-bot' ? no : yes) }));
    expect(proposal.steps[0]?.agent).toBe('sre-bot-2');
    expect(proposal.refused).toEqual([{ agent: 'sre-bot', capability: 'analyze_logs', decision: no }]);
  });

  it('fails in plain words when policy lets nobody do it', () => {
    const request = { goal: 'Why?', attachments: [file('app.log')] };
    expect(propose(plan({ request, decide: () => no })).fault).toMatchObject({
      code: 'policy/denied',
      message: expect.stringContaining('not today'),
    });
  });

  it('takes a declared plan as it is, but not past policy, strangers or circles', () => {
    const step = (id: string, more = {}) => ({
      id,
      agent: 'sre-bot',
      capability: 'analyze_logs',
      depends_on: [],
      input: {},
      ...more,
    });
    const declared = (...steps: ReturnType<typeof step>[]) => plan({ request: { goal: 'x', plan: { steps } } });
    expect(choices(declared(step('a')))).toEqual(['sre-bot/analyze_logs']);
    expect(propose({ ...declared(step('a')), decide: () => no }).fault?.code).toBe('policy/denied');
    expect(propose(declared(step('a', { agent: 'stranger' }))).fault?.code).toBe('plan/invalid');
    expect(propose(declared(step('a', { depends_on: ['a'] }))).fault?.code).toBe('plan/invalid');
    expect(propose(declared(step('a', { input: { delegation: {} } }))).fault?.code).toBe('plan/invalid');
    expect(propose(declared(step('a'), step('a'))).fault?.code).toBe('plan/invalid');
  });

  it('finds another bot for what failed, or says that there is none', () => {
    const request = { goal: 'Why?', attachments: [file('app.log')] };
    const { steps } = propose(plan({ request }));
    expect(proposeAgain(plan({ request }), steps, new Set(['sre-bot']))?.steps[0]).toMatchObject({
      id: 'analyze_logs',
      agent: 'sre-bot-2',
    });
    expect(proposeAgain(plan({ request }), steps, new Set(['sre-bot', 'sre-bot-2']))).toBeUndefined();
  });
});

describe('matching', () => {
  it('knows a kind by media type first, then by name', () => {
    expect(attachmentKind(file('x.txt', 'text/x-diff'))).toBe('diff');
    expect(
      ['a.log', 'a.log.1', 'access.log.gz', 'error_log', 'x.jsonl'].map((name) => attachmentKind(file(name))),
    ).toEqual(['log', 'log', 'log', 'log', 'log']);
    expect(attachmentKind(file('supplier-agreement.md'))).toBe('contract');
    expect(attachmentKind(file('notes.md'))).toBe('text');
  });

  it('forgives the endings of words, not their beginnings', () => {
    expect(keywordHits('Requests are failing!', ['request', 'fail', 'failed', 'quest'])).toBe(3);
  });
});
