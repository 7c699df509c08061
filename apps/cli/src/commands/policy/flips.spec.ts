import type { Decision } from '@voorman/envelope';
import { type PolicyInput, policyInput } from '@voorman/policy';
import { describe, expect, it } from 'vitest';
import type { FoundDecision } from '../../client/decisions.js';
import { WhatIf } from './flips.js';

const recorded = (agent: string, tool: string, allow: boolean, more: Partial<FoundDecision> = {}): FoundDecision => ({
  position: 7,
  recorded_at: '2026-03-01T10:00:00.000Z',
  action: 'tool_execute',
  agent,
  tool,
  target: null,
  allow,
  reasons: ['then'],
  bundle: 'r1',
  latency_us: 1,
  id: 'i',
  tenant: 'acme',
  session: 's',
  asked_by: 'tool-gateway',
  obligations: [],
  ...more,
});
const input = (agent: string): PolicyInput =>
  policyInput({ action: 'tool_execute', tenant: 'acme', session: 's', agent });
/** Allows everybody but the legal bot. */
const decide = ({ action, agent }: PolicyInput): Decision => ({
  action,
  allow: agent !== 'legal-bot',
  reasons: ['now'],
  bundle: 'r2',
  latency_us: 1,
});

describe('replaying decisions under another policy', () => {
  it('lists what flips, both ways, and counts it per tool and bot', () => {
    const what = new WhatIf(decide, 10);
    what.take(recorded('legal-bot', 'search', true), input('legal-bot'));
    what.take(recorded('sre-bot', 'search', false), input('sre-bot'));
    what.take(recorded('sre-bot', 'logs', true), input('sre-bot'));
    expect(what.flips).toMatchObject([
      { agent: 'legal-bot', was: true, now: false, reasons: ['now'] },
      { agent: 'sre-bot', was: false, now: true },
    ]);
    expect(what.counts()).toEqual({
      decisions: 3,
      flipped: 2,
      obliged_otherwise: 0,
      unknown: 0,
      by_tool: { search: { decisions: 2, to_allow: 1, to_deny: 1 }, logs: { decisions: 1, to_allow: 0, to_deny: 0 } },
      by_agent: {
        'legal-bot': { decisions: 1, to_allow: 0, to_deny: 1 },
        'sre-bot': { decisions: 2, to_allow: 1, to_deny: 0 },
      },
    });
  });

  it('counts all flips, however few it lists', () => {
    const what = new WhatIf(decide, 1);
    for (let round = 0; round < 5; round += 1) what.take(recorded('legal-bot', 'search', true), input('legal-bot'));
    expect(what.flips).toHaveLength(1);
    expect(what.counts().flipped).toBe(5);
  });

  it('counts what is allowed still, but under other obligations', () => {
    const what = new WhatIf(decide, 1);
    what.take(recorded('sre-bot', 'search', true, { obligations: [{ type: 'draft' }] }), input('sre-bot'));
    expect(what.counts()).toMatchObject({ flipped: 0, obliged_otherwise: 1 });
  });

  it('says how many could not be asked', () => {
    const what = new WhatIf(decide, 1);
    what.take(recorded('sre-bot', 'search', true), undefined);
    expect(what.counts()).toMatchObject({ decisions: 0, unknown: 1 });
  });
});
