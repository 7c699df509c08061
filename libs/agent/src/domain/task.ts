import type { Decider } from '@voorman/decider';
import { type Draft, type Fault, type Outcome, type PayloadOf, type Recorded, SERVICES } from '@voorman/envelope';
import type { OpenTask, Task, TaskCall } from './task-state.js';
import { proceed, type Thought } from './thought.js';

/** A bot thinks; a timer fires; whoever gave the task calls it off. */
export type TaskCommand =
  | { readonly type: 'think'; readonly thought: Thought }
  | { readonly type: 'expire'; readonly atMs: number }
  | { readonly type: 'cancel'; readonly reason: string };

/** What becomes of a task: its state from what was recorded, and the next record from what is wished. */
export const task: Decider<Task, TaskCommand, Draft, Recorded> = {
  initial: { status: 'unknown' },

  decide(command, state) {
    if (state.status !== 'open') return undefined;
    switch (command.type) {
      case 'think':
        return proceed(command.thought as Thought, state as OpenTask);
      case 'expire':
        return isExpired(state, command.atMs) ? expired(state) : undefined;
      case 'cancel':
        return { type: 'task-cancelled', target: state.agent, payload: { reason: command.reason } };
    }
  },

  evolve(frozen, frozenRecord) {
    const state = frozen as Task;
    const record = frozenRecord as Recorded;
    if (record.type === 'task-requested') return state.status === 'unknown' ? opened(record) : state;
    if (state.status !== 'open') return state;
    // What services say was proved by the log; of the bots only the one that has the task is believed about it.
    if (!SERVICES.includes(record.source_agent) && record.source_agent !== state.agent) return state;
    switch (record.type) {
      case 'task-accepted':
        return { ...state, phase: 'accepted', capability: record.payload.capability };
      case 'steps-planned':
        return { ...state, phase: 'planned' };
      case 'context-retrieved':
        return { ...state, phase: 'executing' };
      case 'tool-requested':
        return withCall(state, record.payload.step, { status: 'requested', callId: record.payload.call_id });
      case 'tool-refused':
        return answered(state, record.payload.call_id, (callId) => ({
          status: 'refused',
          callId,
          fault: faultOf(record.payload),
        }));
      case 'tool-in-doubt':
        return answered(state, record.payload.call_id, (callId) => ({
          status: 'in-doubt',
          callId,
          fault: faultOf(record.payload),
        }));
      case 'tool-finished':
        return answered(state, record.payload.call_id, (callId) => finished(callId, record.payload));
      case 'result-verified':
        return { ...state, phase: 'verified', verification: record.payload };
      case 'task-completed':
        return ended(state, 'completed');
      case 'task-failed':
        return ended(state, 'failed');
      case 'task-expired':
        return ended(state, 'expired');
      case 'task-cancelled':
        return ended(state, 'cancelled');
      default:
        return other(state, record.type);
    }
  },
};

/** Record types that may lie in a task's boundary and say nothing about its life. */
type Elsewhere =
  | 'tool-started'
  | 'plan-made'
  | 'step-settled'
  | 'answer-given'
  | 'envelope-refused'
  | 'cancel-requested'
  | 'session-cancelled'
  | 'calls-closed'
  | 'approval-requested'
  | 'approval-given'
  | 'settlement-requested'
  | 'call-settled'
  | 'endpoint-changed'
  | 'rate-reserved'
  | 'record-quarantined'
  | 'bundle-published'
  | 'registry-published';

/** Keeps the state; a new record type that is named nowhere breaks the build here. */
const other = (state: Task, _type: Elsewhere): Task => state;

/** The TTL counts from the moment at which the log recorded the request, so that no publisher's clock bends it. */
const isExpired = (state: Pick<OpenTask, 'requestedAtMs' | 'ttlSeconds'>, atMs: number): boolean =>
  atMs >= state.requestedAtMs + state.ttlSeconds * 1_000;

const expired = (state: Pick<OpenTask, 'agent' | 'phase' | 'ttlSeconds'>): Draft => ({
  type: 'task-expired',
  target: state.agent,
  payload: {
    ttl_seconds: state.ttlSeconds,
    accepted: state.phase !== 'requested',
    message:
      state.phase === 'requested'
        ? `${state.agent} did not take up the task within ${state.ttlSeconds} s.`
        : `${state.agent} did not finish the task within ${state.ttlSeconds} s.`,
  },
});

const opened = (record: Recorded<'task-requested'>): OpenTask => ({
  status: 'open',
  phase: 'requested',
  agent: record.target_agent,
  request: record.payload,
  ttlSeconds: record.ttl_seconds,
  requestedAtMs: record.recordedAtMs,
  calls: {},
});

const withCall = (state: OpenTask, step: string, call: TaskCall): OpenTask => ({
  ...state,
  calls: { ...state.calls, [step]: call },
});

/** The first word on a call counts, except that a result ends a doubt. */
function answered(state: OpenTask, callId: string, answer: (callId: string) => TaskCall): OpenTask {
  for (const [step, call] of Object.entries(state.calls)) {
    if (call.callId !== callId || (call.status !== 'requested' && call.status !== 'in-doubt')) continue;
    return withCall(state, step, answer(callId));
  }
  return state;
}

const finished = (callId: string, payload: PayloadOf<'tool-finished'>): TaskCall =>
  payload.fault
    ? { status: 'failed', callId, fault: payload.fault, ...markOf(payload) }
    : {
        status: 'finished',
        callId,
        output: payload.output ?? {},
        ...(payload.output_ref === undefined ? {} : { outputRef: payload.output_ref }),
        ...markOf(payload),
      };

const markOf = ({ untrusted }: PayloadOf<'tool-finished'>): { readonly isUntrusted?: true } =>
  untrusted === true ? { isUntrusted: true } : {};

const faultOf = ({ code, message, next }: Fault): Fault => ({ code, message, next });

const ended = (state: OpenTask, outcome: Outcome): Task => ({
  status: 'ended',
  outcome,
  accepted: state.phase !== 'requested',
});
