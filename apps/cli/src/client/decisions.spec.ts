import type { Decision, PayloadOf, Recorded, RecordType } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { DecisionReader, decisionDocument, decisionLine } from './decisions.js';

const decision = (action: string, allow = true): Decision => ({
  action,
  allow,
  reasons: ['because'],
  bundle: 'b1',
  latency_us: 340,
});

const recorded = <T extends RecordType>(type: T, target: string, payload: PayloadOf<T>, source = 'orchestrator') =>
  ({
    id: `${source}.x`,
    type,
    schema: 1,
    tenant: 'default',
    task_id: 't',
    source_agent: source,
    target_agent: target,
    correlation_id: 's',
    ttl_seconds: 60,
    time: '2026-03-01T10:00:00.000Z',
    payload,
    position: 7,
    recordedAtMs: Date.parse('2026-03-01T10:00:00Z'),
  }) as unknown as Recorded;

describe('the decision log', () => {
  it('tells who was let say a word on a call', () => {
    const word = { call_id: 'c1', agent: 'mail-bot', because: 'Fine.' };
    const approval = { ...word, digest: 'd', approved: true, approved_by: 'ada (cli)', decision: decision('approve') };
    const settlement = { ...word, happened: true, settled_by: 'crm', decision: decision('settle') };
    const reader = new DecisionReader();
    expect([
      ...reader.read(recorded('approval-given', 'tool-gateway', approval)),
      ...reader.read(recorded('settlement-requested', 'tool-gateway', settlement)),
    ]).toMatchObject([
      { action: 'approve', agent: 'ada (cli)', tool: null, allow: true },
      { action: 'settle', agent: 'crm', tool: null, allow: true },
    ]);
  });

  it('says of a call which bot wanted it, also where another bot uses the same id for a call of its own', () => {
    const reader = new DecisionReader();
    const call = { call_id: 'c1', tool: 'analyze_logs' };
    for (const bot of ['sre-bot', 'rogue-bot']) {
      const asked = { state: 'EXECUTE' as const, ...call, step: 's', arguments: {} };
      expect(reader.read(recorded('tool-requested', 'tool-gateway', asked, bot))).toEqual([]);
    }
    const [found] = reader.read(
      recorded(
        'tool-started',
        'journal',
        {
          ...call,
          agent: 'sre-bot',
          version: '1',
          effect: 'read',
          attempt: 1,
          max_attempts: 1,
          cost_usd: 0,
          decision: decision('tool_execute'),
        },
        'tool-gateway',
      ),
    );
    expect(found).toMatchObject({
      position: 7,
      recorded_at: '2026-03-01T10:00:00.000Z',
      action: 'tool_execute',
      agent: 'sre-bot',
      tool: 'analyze_logs',
      target: null,
      allow: true,
      reasons: ['because'],
      bundle: 'b1',
      latency_us: 340,
    });
  });

  it('tells of a probe what its record says that it was asked, whatever its bot asked for under that id', () => {
    const reader = new DecisionReader();
    const probe = { call_id: 'probe-1', tool: 'known', probes: 'c1' };
    const claim = {
      state: 'EXECUTE' as const,
      call_id: 'probe-1',
      tool: 'known',
      step: 's',
      arguments: { key: 'lie' },
    };
    reader.read(recorded('tool-requested', 'tool-gateway', claim, 'sre-bot'));
    const asked = { ...decision('tool_execute'), input: { tool_name: 'known', arguments: { key: 'k' } } };
    const refusal = { ...probe, code: 'x/y', message: 'No.', next: 'Stop.', decision: asked };
    expect(reader.read(recorded('tool-refused', 'sre-bot', refusal, 'tool-gateway'))).toMatchObject([
      { agent: 'sre-bot', tool: 'known', input: { arguments: { key: 'k' } } },
    ]);
  });

  it('tells who published and who delegated', () => {
    const request = (action: string, target: string) =>
      recorded('task-requested', target, {
        goal: 'x',
        delegation: { on_behalf_of: 'crm', root_task_id: 't', decision: decision(action) },
      });
    const reader = new DecisionReader();
    expect(reader.read(request('publish', 'orchestrator'))[0]).toMatchObject({ agent: 'crm', target: 'orchestrator' });
    expect(reader.read(request('task_delegate', 'sre-bot'))[0]).toMatchObject({
      agent: 'orchestrator',
      target: 'sre-bot',
    });
  });

  it('tells a refusal once, though the answer repeats what its plan refused', () => {
    const refused = [{ agent: 'sre-bot', capability: 'analyze_logs', decision: decision('task_delegate', false) }];
    const reader = new DecisionReader();
    const answer = { outcome: 'failed' as const, answer: '', evidence: [], tasks: [], refused };
    expect(reader.read(recorded('answer-given', 'cli', answer))).toHaveLength(1);
    expect(reader.read(recorded('answer-given', 'cli', answer))).toHaveLength(0);
  });

  it('reads like the decision log of OPA to a program, with the fields that were promised before', () => {
    const reader = new DecisionReader();
    const asked = { state: 'EXECUTE' as const, call_id: 'c', tool: 'search', step: 's', arguments: { query: 'x' } };
    reader.read(recorded('tool-requested', 'tool-gateway', asked, 'sre-bot'));
    const payload = { call_id: 'c', tool: 'search', code: 'x', message: 'm', next: 'n' };
    const judged = { ...decision('tool_execute', false), input: { schema: 1, agent: 'sre-bot' } };
    const [denied] = reader.read(recorded('tool-refused', 'sre-bot', { ...payload, decision: judged }, 'tool-gateway'));
    expect(denied && decisionDocument(denied, ['voorman/authz/decision'])).toEqual({
      position: 7,
      recorded_at: '2026-03-01T10:00:00.000Z',
      action: 'tool_execute',
      agent: 'sre-bot',
      tool: 'search',
      target: null,
      allow: false,
      reasons: ['because'],
      bundle: 'b1',
      latency_us: 340,
      tenant: 'default',
      session: 's',
      obligations: [],
      labels: { app: 'voorman', id: 'tool-gateway' },
      decision_id: 'tool-gateway.x.tool_execute.search',
      timestamp: '2026-03-01T10:00:00.000Z',
      bundles: { policy: { revision: 'b1' } },
      path: 'voorman/authz/decision',
      input: { schema: 1, agent: 'sre-bot', arguments: { query: 'x' } },
      result: { allow: false, reasons: ['because'], obligations: [] },
      requested_by: 'sre-bot',
      req_id: 7,
      metrics: { timer_rego_query_eval_ns: 340_000 },
    });
  });

  it('reads like the log of a policy engine', () => {
    const reader = new DecisionReader();
    const [denied] = reader.read(
      recorded(
        'tool-refused',
        'sre-bot',
        {
          call_id: 'c',
          tool: 'drop_table',
          code: 'x',
          message: 'm',
          next: 'n',
          decision: decision('tool_execute', false),
        },
        'tool-gateway',
      ),
    );
    expect(denied && decisionLine(denied)).toBe(
      '[WARN] tool_execute: allow=False, agent=sre-bot, tool=drop_table, policy_revision=b1, latency_ms=0.340, reasons=["because"]',
    );
  });
});
