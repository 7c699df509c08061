import type { Decider } from '@voorman/decider';
import {
  type Draft,
  type Fault,
  JOURNAL,
  type JsonObject,
  type Outcome,
  type PayloadOf,
  type PayloadRef,
  type Recorded,
  SERVICES,
  type TaskRequested,
  TOOL_BUDGET_EXCEEDED,
} from '@voorman/envelope';

/** One tool call of the task, as its bot sees it. */
export type TaskCall =
  | { readonly status: 'requested'; readonly callId: string }
  | {
      readonly status: 'finished';
      readonly callId: string;
      /** Empty while it lies elsewhere and nobody has fetched it. */
      readonly output: JsonObject;
      /** Where an output lies that is too large for a record. */
      readonly outputRef?: PayloadRef;
      /** What came from outside is data: nothing in it is an instruction. */
      readonly isUntrusted?: true;
    }
  | { readonly status: 'failed' | 'refused' | 'in-doubt'; readonly callId: string; readonly fault: Fault };

/** How far a bot has come; each phase was recorded before the next one begins. */
export type Phase = 'requested' | 'accepted' | 'planned' | 'executing' | 'verified';

/** A task under way. */
export interface OpenTask {
  readonly status: 'open';
  readonly phase: Phase;
  readonly agent: string;
  readonly request: TaskRequested;
  readonly ttlSeconds: number;
  /** When the log recorded the request; the TTL counts from here. Milliseconds since 1970. */
  readonly requestedAtMs: number;
  readonly capability?: string;
  /** By step. */
  readonly calls: { readonly [step: string]: TaskCall };
  readonly verification?: PayloadOf<'result-verified'>;
}

/** One delegated piece: asked for; taken up, planned, carried out, checked; then ended in exactly one way. Boundary: `taskBoundary`. */
export type Task =
  | { readonly status: 'unknown' }
  | OpenTask
  | { readonly status: 'ended'; readonly outcome: Outcome; readonly accepted: boolean };

/** What a brain wants to happen next. It is only a wish: the decider keeps it to what the task's state allows. */
export type Thought =
  | { readonly kind: 'accept'; readonly capability: string }
  | { readonly kind: 'plan'; readonly steps: PayloadOf<'steps-planned'>['steps'] }
  | { readonly kind: 'retrieve'; readonly sources: readonly string[] }
  | {
      readonly kind: 'call';
      readonly step: string;
      readonly tool: string;
      readonly callId: string;
      readonly arguments: JsonObject;
    }
  | { readonly kind: 'verify'; readonly checks: PayloadOf<'result-verified'>['checks'] }
  | {
      readonly kind: 'answer';
      readonly answer: string;
      readonly evidence: PayloadOf<'task-completed'>['evidence'];
      readonly data: JsonObject;
    }
  | { readonly kind: 'fail'; readonly fault: Fault }
  | { readonly kind: 'wait' };

export type TaskCommand =
  | { readonly type: 'think'; readonly thought: Thought }
  | { readonly type: 'expire'; readonly atMs: number }
  | { readonly type: 'cancel'; readonly reason: string };

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

/** What the brain wishes, where the task is ready for it; nothing else. */
function proceed(thought: Thought, state: OpenTask): Draft | undefined {
  switch (thought.kind) {
    case 'wait':
      return undefined;
    case 'fail':
      return { type: 'task-failed', target: 'orchestrator', payload: thought.fault };
    case 'accept':
      return state.phase === 'requested'
        ? { type: 'task-accepted', target: JOURNAL, payload: { state: 'INTAKE', capability: thought.capability } }
        : undefined;
    case 'plan':
      return state.phase === 'accepted'
        ? { type: 'steps-planned', target: JOURNAL, payload: { state: 'PLAN', steps: [...thought.steps] } }
        : undefined;
    case 'retrieve':
      return state.phase === 'planned'
        ? { type: 'context-retrieved', target: JOURNAL, payload: { state: 'RETRIEVE', sources: [...thought.sources] } }
        : undefined;
    case 'call':
      return mayCall(state, thought.step)
        ? {
            type: 'tool-requested',
            target: 'tool-gateway',
            payload: {
              state: 'EXECUTE',
              call_id: thought.callId,
              tool: thought.tool,
              step: thought.step,
              arguments: thought.arguments,
            },
          }
        : undefined;
    case 'verify':
      return state.phase === 'executing'
        ? {
            type: 'result-verified',
            target: JOURNAL,
            payload: {
              state: 'VERIFY',
              passed: thought.checks.every((check) => check.passed),
              checks: [...thought.checks],
            },
          }
        : undefined;
    case 'answer':
      return state.phase === 'verified' && state.verification?.passed
        ? {
            type: 'task-completed',
            target: 'orchestrator',
            payload: {
              state: 'OUTPUT',
              answer: thought.answer,
              evidence: [...thought.evidence],
              data: thought.data,
            },
          }
        : undefined;
  }
}

/** A step is called once; and nothing is called any more after the leash was felt. */
const mayCall = (state: OpenTask, step: string): boolean =>
  state.phase === 'executing' && state.calls[step] === undefined && !isOnLeash(state);

/** True once a call of this task was refused because the budget is used up. */
export const isOnLeash = (state: OpenTask): boolean =>
  Object.values(state.calls).some((call) => call.status === 'refused' && call.fault.code === TOOL_BUDGET_EXCEEDED);

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
    ? { status: 'failed', callId, fault: payload.fault }
    : {
        status: 'finished',
        callId,
        output: payload.output ?? {},
        ...(payload.output_ref === undefined ? {} : { outputRef: payload.output_ref }),
        ...(payload.untrusted === true ? { isUntrusted: true } : {}),
      };

const faultOf = ({ code, message, next }: Fault): Fault => ({ code, message, next });

const ended = (state: OpenTask, outcome: Outcome): Task => ({
  status: 'ended',
  outcome,
  accepted: state.phase !== 'requested',
});
