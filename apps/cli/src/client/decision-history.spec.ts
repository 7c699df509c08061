import { type Draft, sealDraft } from '@voorman/envelope';
import { MemoryStore, memoryConnection } from '@voorman/log/memory';
import { beforeEach, describe, expect, it } from 'vitest';
import { type DecisionFilter, decisionHistory } from './decision-history.js';

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
});

let ids = 0;
async function append(source: string, session: string, draft: Draft): Promise<void> {
  ids += 1;
  const envelope = sealDraft(draft, {
    source,
    tenant: 'acme',
    session,
    task: 't',
    ttlSeconds: 60,
    id: `i${ids}`,
    atMs: 1_795_000_000_000,
  });
  await memoryConnection(store, source).log.append(envelope);
}

/** A call of a bot, and what policy said. */
async function call(session: string, agent: string, tool: string, allow: boolean, callId = 'c1'): Promise<void> {
  const known = { call_id: callId, tool };
  const decision = {
    action: 'tool_execute',
    allow,
    reasons: ['because'],
    bundle: 'r1',
    latency_us: 10,
    input: { schema: 1, action: 'tool_execute', agent, tool_name: tool },
  };
  await append(agent, session, {
    type: 'tool-requested',
    target: 'tool-gateway',
    payload: { state: 'EXECUTE', ...known, step: 's', arguments: { of: session } },
  });
  await append(
    'tool-gateway',
    session,
    allow
      ? {
          type: 'tool-started',
          target: 'journal',
          payload: {
            ...known,
            agent,
            version: '1',
            effect: 'read',
            attempt: 1,
            max_attempts: 1,
            cost_usd: 0,
            decision,
          },
        }
      : { type: 'tool-refused', target: agent, payload: { ...known, code: 'x/y', message: 'm', next: 'n', decision } },
  );
}

const found = async (filter: Partial<DecisionFilter> = {}) => {
  const decisions = [];
  for await (const each of decisionHistory(memoryConnection(store, 'cli').log, { tenant: 'acme', ...filter })) {
    decisions.push(each);
  }
  return decisions;
};

describe('the history of decisions', () => {
  beforeEach(async () => {
    await call('s1', 'sre-bot', 'search', true);
    await call('s2', 'sre-bot', 'search', false);
    await call('s2', 'legal-bot', 'database_query', false, 'c2');
  });

  it('holds allowed and refused calls of every session, each with its own arguments', async () => {
    expect(
      (await found()).map(({ session, agent, tool, allow, input }) => [session, agent, tool, allow, input?.arguments]),
    ).toEqual([
      ['s1', 'sre-bot', 'search', true, { of: 's1' }],
      ['s2', 'sre-bot', 'search', false, { of: 's2' }],
      ['s2', 'legal-bot', 'database_query', false, { of: 's2' }],
    ]);
  });

  it('can be asked for one session, bot, tool or outcome', async () => {
    expect(await found({ session: 's1' })).toHaveLength(1);
    expect(await found({ agent: 'sre-bot' })).toHaveLength(2);
    expect(await found({ tool: 'database_query' })).toHaveLength(1);
    expect(await found({ allow: false })).toHaveLength(2);
    expect(await found({ allow: false, agent: 'sre-bot', session: 's1' })).toEqual([]);
  });

  it('can be asked for a time', async () => {
    const [first] = await found();
    const atMs = Date.parse(first?.recorded_at ?? '');
    expect(await found({ sinceMs: atMs + 86_400_000 })).toEqual([]);
    expect(await found({ untilMs: atMs - 86_400_000 })).toEqual([]);
    expect(await found({ sinceMs: atMs - 86_400_000, untilMs: atMs + 86_400_000 })).toHaveLength(3);
  });
});
