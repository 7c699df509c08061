import type { Decider } from '@voorman/decider';
import {
  type Decision,
  type Draft,
  idempotencyKey,
  JOURNAL,
  type Recorded,
  sealDraft,
  serviceBoundary,
  taskBoundary,
} from '@voorman/envelope';
import { Decisions } from '@voorman/log';
import { type MemoryConnection, type MemoryStore, memoryConnection } from '@voorman/log/memory';
import type { Start } from '../process.js';
import type { SimulatedEffect } from '../promises.js';
import type { World } from '../world.js';

/** What the toy does wrong on purpose. */
export type Sin =
  | 'repeats-after-a-crash'
  | 'acts-before-it-records'
  | 'forgets-what-it-started'
  | 'guards-too-little'
  | 'starts-without-asking';

/** A gateway small enough to be obviously right: it counts up, exactly once per call. It is here to test the simulator. */
export interface CountingGateway {
  readonly start: Start;
  readonly effects: SimulatedEffect[];
}

interface Calls {
  readonly started: readonly string[];
  readonly closed: readonly string[];
}
type CallCommand = { readonly callId: string; readonly tool: string; readonly type: 'start' | 'recover' };

const ALLOW: Decision = { action: 'tool_execute', allow: true, reasons: ['the toy may'], bundle: 'toy', latency_us: 1 };
export const TOY_BUDGET = 3;
export const TOY_TOOL = 'count-up';

const calls = (sin: Sin | undefined): Decider<Calls, CallCommand, Draft, Recorded> => ({
  initial: { started: [], closed: [] },
  decide({ type, callId, tool }, { started, closed }) {
    if (closed.includes(callId)) return undefined;
    if (!started.includes(callId)) {
      if (started.length >= TOY_BUDGET) {
        const refusal = { call_id: callId, tool, code: 'TOOL_BUDGET_EXCEEDED', message: 'Enough.', next: 'Stop.' };
        return { type: 'tool-refused', target: 'toy-bot', payload: refusal };
      }
      const decision = sin === 'starts-without-asking' ? { ...ALLOW, allow: false } : ALLOW;
      const call = { call_id: callId, agent: 'toy-bot', tool, version: '1.0.0', effect: 'once' as const };
      const attempts = { attempt: 1, max_attempts: 1 };
      return { type: 'tool-started', target: JOURNAL, payload: { ...call, ...attempts, cost_usd: 0, decision } };
    }
    if (type === 'start' || sin === 'forgets-what-it-started') return undefined;
    const doubt = { call_id: callId, tool, attempt: 1, code: 'toy/in-doubt', message: 'Perhaps.', next: 'Look.' };
    return { type: 'tool-in-doubt', target: 'toy-bot', payload: doubt };
  },
  evolve(state, record) {
    if (record.type === 'tool-started')
      return { ...state, started: [...state.started, record.payload.call_id] } as Calls;
    if (record.type === 'tool-finished' || record.type === 'tool-in-doubt' || record.type === 'tool-refused') {
      return { ...state, closed: [...state.closed, record.payload.call_id] } as Calls;
    }
    return state as Calls;
  },
});

export function countingGateway(sin?: Sin): CountingGateway {
  const effects: SimulatedEffect[] = [];
  const start: Start = async ({ log, clock, ids, wait, random }) => {
    const decisions = new Decisions(log, calls(sin), clock, ids);
    await log.follow(async (record) => {
      if (record.type !== 'tool-requested') return;
      const { call_id: callId, tool } = record.payload;
      const { tenant, correlation_id: session, task_id: task } = record;
      const boundary =
        sin === 'guards-too-little'
          ? taskBoundary(tenant, session, task)
          : serviceBoundary(tenant, session, 'tool-gateway');
      const seal = { source: 'tool-gateway', tenant, session, task, ttlSeconds: 60 };
      const key = idempotencyKey({ tenant, session, bot: 'toy-bot', callId });
      if (sin === 'acts-before-it-records') effects.push({ key, attempt: 1, atMs: clock.nowMs() });
      const opened = await decisions.decide({ boundary, command: () => ({ type: 'start', callId, tool }), seal });
      const mine = opened.appended.some((each) => each.type === 'tool-started');
      const begun = mine || (sin === 'repeats-after-a-crash' && !opened.state.closed.includes(callId));
      if (begun) {
        await wait(random.between(0, 300));
        if (sin !== 'acts-before-it-records') effects.push({ key, attempt: 1, atMs: clock.nowMs() });
        const finished = { call_id: callId, tool, attempt: 1, duration_ms: 1, output: { count: 1 } };
        const draft: Draft = { type: 'tool-finished', target: 'toy-bot', payload: finished };
        await log.append(sealDraft(draft, { ...seal, id: `finished-${callId}`, atMs: clock.nowMs() }));
      } else {
        await decisions.decide({ boundary, command: () => ({ type: 'recover', callId, tool }), seal });
      }
    });
  };
  return { start, effects };
}

/** Asks for calls out of several sessions at random moments. */
export function askForCalls(store: MemoryStore, world: World, sessions: number, callsEach: number): void {
  const bot = memoryConnection(store, 'toy-bot');
  for (let session = 0; session < sessions; session += 1) {
    for (let call = 0; call < callsEach; call += 1) {
      world.after(world.random.between(0, 5_000), () => {
        void ask(bot, world, `session-${session}`, `call-${session}-${call}`);
      });
    }
  }
}

function ask({ log }: MemoryConnection, world: World, session: string, callId: string): Promise<number> {
  const draft: Draft = {
    type: 'tool-requested',
    target: 'tool-gateway',
    payload: { state: 'EXECUTE', call_id: callId, tool: TOY_TOOL, step: 'step', arguments: {} },
  };
  const seal = { source: 'toy-bot', tenant: 'toy', session, task: callId, ttlSeconds: 60, id: callId };
  return log.append(sealDraft(draft, { ...seal, atMs: world.nowMs() }));
}
