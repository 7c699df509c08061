import { type Draft, type Recorded, sealDraft } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { useOf } from '../commands/calls/budget.js';
import { budgetOf } from '../commands/run.js';
import { type CallStory, isPending, probeSentence, probesOf, readCalls } from './calls.js';
import type { Client } from './connection.js';

const decision = { action: 'tool_execute', allow: true, reasons: [], bundle: 'r', latency_us: 1 };
const about = { call_id: 'c1', tool: 'pay' };
const fault = { code: 'x/y', message: 'It broke.', next: 'Mend it.' };
const started = (more: object = {}): Draft => ({
  type: 'tool-started',
  target: 'journal',
  payload: {
    ...about,
    agent: 'a-bot',
    version: '1.0.0',
    effect: 'once',
    attempt: 1,
    max_attempts: 1,
    cost_usd: 0.5,
    decision,
    ...more,
  },
});
const finished: Draft = {
  type: 'tool-finished',
  target: 'a-bot',
  payload: { ...about, attempt: 1, duration_ms: 1, output: {}, cost_usd: 0.2 },
};
const doubt: Draft = { type: 'tool-in-doubt', target: 'a-bot', payload: { ...about, attempt: 1, ...fault } };
const proposed = (kind: 'call' | 'draft'): Draft => ({
  type: 'approval-requested',
  target: 'journal',
  payload: { ...about, agent: 'a-bot', kind, version: '1.0.0', arguments: {}, digest: 'd', reason: 'Look.', decision },
});
const settled: Draft = {
  type: 'call-settled',
  target: 'journal',
  payload: { ...about, agent: 'a-bot', happened: false, because: 'No.', settled_by: 'ada' },
};
const refused: Draft = { type: 'tool-refused', target: 'a-bot', payload: { ...about, ...fault } };
const closed: Draft = { type: 'calls-closed', target: 'journal', payload: { reason: 'enough' } };

/** What these records tell about their calls. */
const allTold = (...drafts: readonly Draft[]): Promise<CallStory[]> => readCalls(clientOf(drafts));

/** A client whose log holds these records, all of one session. */
function clientOf(drafts: readonly Draft[]): Client {
  const records = drafts.map((draft, index) => {
    const seal = { source: 'tool-gateway', tenant: 'default', session: 's', task: 't', ttlSeconds: 60, atMs: 0 };
    return { ...sealDraft(draft, { ...seal, id: `r${index}` }), position: index + 1, recordedAtMs: index } as Recorded;
  });
  const log = { read: async () => ({ records, more: false }), last: async () => records.length };
  return { bus: { log } } as unknown as Client;
}

/** What these records tell about the one call. */
const told = async (...drafts: readonly Draft[]): Promise<CallStory | undefined> => (await allTold(...drafts))[0];

describe('a call as its records tell it', () => {
  it.each([
    ['running', [started()]],
    ['finished', [started(), finished]],
    ['in-doubt', [started(), doubt]],
    ['settled', [started(), doubt, settled]],
    ['waiting', [proposed('call')]],
    ['refused', [proposed('call'), refused]],
    ['drafted', [started(), proposed('draft'), finished]],
    ['running', [started(), proposed('draft'), finished, started({ attempt: 2 })]],
    ['refused', [proposed('call'), closed]],
  ] as const)('is %s', async (state, drafts) => {
    expect((await told(...drafts))?.state).toBe(state);
  });

  it('costs what was reserved until its real cost is known, and nothing when it did not happen', async () => {
    expect((await told(started()))?.cost_usd).toBe(0.5);
    expect((await told(started(), finished))?.cost_usd).toBe(0.2);
    expect((await told(started(), doubt))?.cost_usd).toBe(0.5);
    expect((await told(started(), doubt, settled))?.cost_usd).toBe(0);
  });

  it('goes by the name of the tool that was asked for, although another one stood in', async () => {
    expect(await told(started({ tool: 'pay-elsewhere', fallback_for: 'pay' }), finished)).toMatchObject({
      tool: 'pay',
    });
  });

  it('waits for a person only while nobody has decided', async () => {
    const states = await Promise.all([told(proposed('call')), told(proposed('call'), started())]);
    expect(states.map((call) => call && isPending(call))).toEqual([true, false]);
  });
});

describe('the calls of a session', () => {
  const where = { tenant: 'default', session: 's' };

  it('are none where it made none', async () => {
    expect(await readCalls(clientOf([closed]), where)).toEqual([]);
  });

  it('are no empty list where there is no such session', async () => {
    await expect(readCalls(clientOf([]), where)).rejects.toMatchObject({ code: 'cli/name' });
  });
});

describe('what calls used up', () => {
  it('is summed by tool and by bot, under names that a program finds beside all others', async () => {
    const { all, by_tool, by_agent } = useOf(await allTold(started(), finished));
    expect(all).toMatchObject({ calls: 1, cost_usd: 0.2 });
    expect(by_tool).toEqual({ pay: all });
    expect(by_agent).toEqual({ 'a-bot': all });
  });
});

describe('a call in doubt', () => {
  const probe = { call_id: 'p1', tool: 'payment_known', probes: 'c1' };
  const end = (more: object): Draft => ({
    type: 'tool-finished',
    target: 'a-bot',
    payload: { call_id: 'p1', tool: 'payment_known', attempt: 1, duration_ms: 1, ...more },
  });
  const refusedProbe: Draft = { type: 'tool-refused', target: 'a-bot', payload: { ...probe, ...fault } };

  it.each([
    ['payment_known was not asked: It broke.', [refusedProbe]],
    ['payment_known is being asked.', [started(probe)]],
    ['payment_known was asked and could not say: It broke.', [started(probe), end({ fault })]],
    ['payment_known was asked and did not say whether it happened.', [started(probe), end({ output: {} })]],
  ] as const)('tells that %s', async (sentence, drafts) => {
    const calls = await allTold(started(), doubt, ...drafts);
    const [call] = calls;
    expect(call?.state).toBe('in-doubt');
    expect(call && probesOf(call, calls).map(probeSentence)).toEqual([sentence]);
  });

  it('tells nothing of what was asked about other calls, or by other bots', async () => {
    const calls = await allTold(
      started(),
      doubt,
      started({ ...probe, probes: 'c2' }),
      started({ ...probe, agent: 'b-bot' }),
    );
    expect(calls[0] && probesOf(calls[0], calls)).toEqual([]);
  });
});

describe('a budget on the command line', () => {
  it('is a list of limits', () => {
    expect(budgetOf('calls=20, cost_usd=1.5')).toEqual({ calls: 20, cost_usd: 1.5 });
  });

  it.each(['calls', 'calls=', 'wishes=3', 'calls=-1', 'calls=1.5', 'calls=x'])('is not %j', (text) => {
    expect(() => budgetOf(text)).toThrow(/calls/);
  });
});
