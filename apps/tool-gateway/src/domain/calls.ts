import type { Decider } from '@voorman/decider';
import {
  type Decision,
  type Draft,
  type Effect,
  type Fault,
  JOURNAL,
  type JsonObject,
  type Recorded,
  TOOL_BUDGET_EXCEEDED,
} from '@voorman/envelope';
import { Map as Kept } from 'immutable';

/** One tool invocation. After its end only its key is remembered, so that a copy of its request is known. */
export type Call =
  | { readonly status: 'started'; readonly attempt: number; readonly maxAttempts: number; readonly effect: Effect }
  | { readonly status: 'in-doubt'; readonly attempt: number }
  | { readonly status: 'closed' };

/** Every call of a session. Boundary: `serviceBoundary(tenant, session, 'tool-gateway')`. */
export interface Calls {
  /** By `callName`: a key is a bot's own word, and must not stand for another bot's call. */
  readonly byName: Kept<string, Call>;
  /** Calls that were started, by tool: what counts against the budget. */
  readonly started: Kept<string, number>;
  readonly closed: boolean;
}

/** What a call is known by: no bot can take the name of another bot's call. Tokens hold no space. */
export const callName = (bot: string, callId: string): string => `${bot} ${callId}`;

const nameOf = ({ bot, callId }: Request): string => callName(bot, callId);

/** What the gateway found out about a request before it decides. */
export interface Request {
  readonly callId: string;
  readonly tool: string;
  readonly bot: string;
}

export type CallsCommand =
  | {
      readonly type: 'start';
      readonly request: Request;
      readonly version: string;
      readonly effect: Effect;
      readonly maxAttempts: number;
      readonly maxCalls: number;
      readonly costUsd: number;
      readonly decision: Decision;
    }
  /** The request itself is no good: an unknown tool, an invented parameter. */
  | { readonly type: 'refuse'; readonly request: Request; readonly fault: Fault; readonly decision?: Decision }
  /** Attempt `attempt` was found started by a gateway that died, or failed in passing. */
  | {
      readonly type: 'repeat';
      readonly request: Request;
      readonly attempt: number;
      readonly afterCrash: boolean;
      readonly version: string;
      readonly decision: Decision;
    }
  /** The attempt came to an end; what of it is known is `result`. */
  | { readonly type: 'finish'; readonly request: Request; readonly attempt: number; readonly result: Result }
  /** The session was cancelled: nothing of it starts any more. */
  | { readonly type: 'close'; readonly reason: string };

/** What came of an attempt. `unknown`: it may or may not have happened. */
export type Result =
  | { readonly kind: 'output'; readonly output: JsonObject; readonly durationMs: number }
  | { readonly kind: 'fault' | 'unknown'; readonly fault: Fault; readonly durationMs: number };

/** After crashes a harmless call is begun again more often than its manifest allows retries: no fault was seen yet. */
const CRASH_ATTEMPTS = 10;

export const calls: Decider<Calls, CallsCommand, Draft, Recorded> = {
  initial: { byName: Kept(), started: Kept(), closed: false },

  decide(frozenCommand, frozen) {
    const command = frozenCommand as CallsCommand;
    const state = frozen as Calls;
    switch (command.type) {
      case 'start':
        return state.byName.has(nameOf(command.request)) ? undefined : start(command, state);
      case 'refuse':
        return state.byName.has(nameOf(command.request))
          ? undefined
          : refused(command.request, command.fault, command.decision);
      case 'repeat':
        return repeat(command, state);
      case 'finish':
        return finish(command, state.byName.get(nameOf(command.request)));
      case 'close':
        return state.closed
          ? undefined
          : { type: 'calls-closed', target: JOURNAL, payload: { reason: command.reason } };
    }
  },

  evolve(frozen, frozenRecord) {
    const state = frozen as Calls;
    const record = frozenRecord as Recorded;
    switch (record.type) {
      case 'tool-started':
        return started(state, record);
      case 'tool-refused':
      case 'tool-finished':
        return withCall(state, callName(record.target_agent, record.payload.call_id), { status: 'closed' });
      case 'tool-in-doubt':
        return withCall(state, callName(record.target_agent, record.payload.call_id), {
          status: 'in-doubt',
          attempt: record.payload.attempt,
        });
      case 'calls-closed':
        return { ...state, closed: true };
      case 'task-requested':
      case 'task-accepted':
      case 'steps-planned':
      case 'context-retrieved':
      case 'tool-requested':
      case 'result-verified':
      case 'task-completed':
      case 'task-failed':
      case 'task-expired':
      case 'task-cancelled':
      case 'plan-made':
      case 'step-settled':
      case 'answer-given':
      case 'envelope-refused':
      case 'cancel-requested':
      case 'session-cancelled':
      case 'record-quarantined':
      case 'bundle-published':
      case 'registry-published':
      case 'approval-requested':
      case 'approval-given':
      case 'settlement-requested':
      case 'call-settled':
      case 'endpoint-changed':
      case 'rate-reserved':
        return state;
    }
  },
};

/** Default deny: only an explicit allow, within the budget, of a session that is not over, starts a tool. */
function start(command: Extract<CallsCommand, { type: 'start' }>, state: Calls): Draft {
  const { request, decision, maxCalls } = command;
  if (state.closed) return refused(request, sessionClosed, decision);
  if (!decision.allow) return refused(request, denied(request, decision), decision);
  const used = state.started.get(request.tool) ?? 0;
  if (used >= maxCalls) return refused(request, budgetExceeded(request, maxCalls), decision);
  return {
    type: 'tool-started',
    target: JOURNAL,
    payload: {
      call_id: request.callId,
      agent: request.bot,
      tool: request.tool,
      version: command.version,
      effect: command.effect,
      attempt: 1,
      max_attempts: command.maxAttempts,
      cost_usd: command.costUsd,
      budget: { used: used + 1, max_calls: maxCalls },
      decision,
    },
  };
}

/**
 * What may have happened is repeated only if the tool's manifest says that this is harmless, policy still allows it and
 * the session is not over; otherwise a human looks.
 */
function repeat(command: Extract<CallsCommand, { type: 'repeat' }>, state: Calls): Draft | undefined {
  const call = state.byName.get(nameOf(command.request));
  if (call?.status !== 'started' || call.attempt !== command.attempt) return undefined;
  const { request, decision, afterCrash } = command;
  if (call.effect === 'once') return afterCrash ? inDoubt(request, call.attempt, crashed(request)) : undefined;
  const limit = afterCrash ? Math.max(call.maxAttempts, CRASH_ATTEMPTS) : call.maxAttempts;
  if (state.closed || call.attempt >= limit || !decision.allow) {
    const fault = state.closed ? sessionClosed : crashed(request);
    return afterCrash ? finished(request, call.attempt, { kind: 'fault', fault, durationMs: 0 }) : undefined;
  }
  return {
    type: 'tool-started',
    target: JOURNAL,
    payload: {
      call_id: request.callId,
      agent: request.bot,
      tool: request.tool,
      version: command.version,
      effect: call.effect,
      attempt: call.attempt + 1,
      max_attempts: call.maxAttempts,
      cost_usd: 0,
      decision,
    },
  };
}

/** The first end of a call counts; a late one still settles a doubt. */
function finish(command: Extract<CallsCommand, { type: 'finish' }>, call: Call | undefined): Draft | undefined {
  const { request, attempt, result } = command;
  if (call === undefined || call.status === 'closed') return undefined;
  if (call.attempt !== attempt && !isOvertaken(call, attempt, result)) return undefined;
  if (result.kind !== 'unknown') return finished(request, attempt, result);
  if (call.status === 'in-doubt') return undefined;
  return call.effect === 'once' ? inDoubt(request, attempt, result.fault) : finished(request, attempt, result);
}

/** A slow attempt that was taken for dead gave what was asked for after all; of a harmless call any output will do. */
const isOvertaken = (call: Call, attempt: number, result: Result): boolean =>
  call.status === 'started' &&
  call.effect !== 'once' &&
  attempt < call.attempt &&
  attempt > 0 &&
  result.kind === 'output';

const finished = (request: Request, attempt: number, result: Result): Draft => ({
  type: 'tool-finished',
  target: request.bot,
  payload: {
    call_id: request.callId,
    tool: request.tool,
    attempt,
    duration_ms: result.durationMs,
    ...(result.kind === 'output' ? { output: result.output } : { fault: result.fault }),
  },
});

const inDoubt = (request: Request, attempt: number, fault: Fault): Draft => ({
  type: 'tool-in-doubt',
  target: request.bot,
  payload: {
    call_id: request.callId,
    tool: request.tool,
    attempt,
    code: 'tool/in-doubt',
    message: `${request.tool} may or may not have happened, and must not happen twice: ${fault.message}`,
    next: 'Look at the service behind the tool, then decide; nothing repeats this call by itself.',
  },
});

const refused = (request: Request, fault: Fault, decision?: Decision): Draft => ({
  type: 'tool-refused',
  target: request.bot,
  payload: {
    call_id: request.callId,
    tool: request.tool,
    code: fault.code,
    message: fault.message,
    next: fault.next,
    ...(decision === undefined ? {} : { decision }),
  },
});

const sessionClosed: Fault = {
  code: 'session/cancelled',
  message: 'The session was cancelled: no call of it starts any more.',
  next: 'Nothing is left to do in this session.',
};

const denied = (request: Request, decision: Decision): Fault => ({
  code: 'policy/denied',
  message: cut(
    `Policy does not let ${request.bot} use ${request.tool}: ${decision.reasons.join('; ') || 'nothing allows it'}.`,
  ),
  next: 'Finish without this tool, or ask whoever keeps the policy.',
});

/** A fault's sentence holds 4,000 characters; the decision beside it carries the reasons in full. */
const cut = (sentence: string): string => (sentence.length > 4_000 ? `${sentence.slice(0, 3_999)}…` : sentence);

const budgetExceeded = (request: Request, maxCalls: number): Fault => ({
  code: TOOL_BUDGET_EXCEEDED,
  message: `${request.tool} has used all ${maxCalls} calls of this session.`,
  next: 'Finish with what is known; the limit is budget.max_calls_per_session in the tool’s manifest.',
});

const crashed = (request: Request): Fault => ({
  code: 'tool/crashed',
  message: `the gateway stopped while ${request.tool} was under way.`,
  next: 'Ask again.',
});

function started(state: Calls, record: Recorded<'tool-started'>): Calls {
  const { agent, call_id, tool, attempt, max_attempts: maxAttempts, effect } = record.payload;
  const next = withCall(state, callName(agent, call_id), { status: 'started', attempt, maxAttempts, effect });
  return attempt > 1 ? next : { ...next, started: state.started.set(tool, (state.started.get(tool) ?? 0) + 1) };
}

const withCall = (state: Calls, name: string, call: Call): Calls => ({
  ...state,
  byName: state.byName.set(name, call),
});
