import { type Decision, type Draft, type Fault, JOURNAL, type JsonObject } from '@voorman/envelope';
import type { FinishCommand, Result, SettleCommand } from './call-command.js';
import { type Call, type Calls, callOf, type Request } from './call-state.js';

/** The first end of a call counts; a late one still settles a doubt. */
export function finish(command: FinishCommand, state: Calls): Draft | undefined {
  const { request, attempt, result, draft } = command;
  const call = callOf(state, request);
  if (call === undefined || call.status === 'closed' || call.status === 'waiting') return undefined;
  if (call.status === 'drafted') return call.isTold ? undefined : finished(request, attempt, result);
  if (call.attempt !== attempt && !isOvertaken(call, attempt, result)) return undefined;
  if (draft !== undefined && result.kind === 'output' && call.status === 'started') {
    return {
      type: 'approval-requested',
      target: JOURNAL,
      payload: { call_id: request.callId, tool: request.tool, agent: request.bot, kind: 'draft', ...draft },
    };
  }
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

/** Only a doubt can be settled, and only once. */
export function settle(command: SettleCommand, state: Calls): Draft | undefined {
  return callOf(state, command.request)?.status === 'in-doubt' ? settled(command) : undefined;
}

/** What a probe was told settles a doubt; nothing but its recorded end says what that was. */
export function conclude(request: Request, state: Calls): Draft | undefined {
  const call = callOf(state, request);
  if (call?.status !== 'in-doubt' || call.found === undefined) return undefined;
  const { happened, by, output } = call.found;
  return settled({ request, happened, because: `${by} asked the service.`, by, output });
}

function settled({
  request,
  happened,
  because,
  by,
  output,
}: Omit<SettleCommand, 'type'> & { readonly output?: JsonObject }): Draft {
  return {
    type: 'call-settled',
    target: JOURNAL,
    payload: {
      call_id: request.callId,
      tool: request.tool,
      agent: request.bot,
      happened,
      because,
      settled_by: by,
      ...(output === undefined ? {} : { output }),
    },
  };
}

export function finished(request: Request, attempt: number, result: Result): Draft {
  const { kind, durationMs, cost, ...facts } = result;
  return {
    type: 'tool-finished',
    target: request.bot,
    payload: {
      call_id: request.callId,
      tool: request.tool,
      attempt,
      duration_ms: durationMs,
      ...facts,
      ...(cost?.usd === undefined ? {} : { cost_usd: cost.usd }),
      ...(cost?.tokens === undefined ? {} : { tokens: cost.tokens }),
    },
  };
}

export const inDoubt = (request: Request, attempt: number, fault: Fault): Draft => ({
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

export const refused = (request: Request, fault: Fault, decision?: Decision): Draft => ({
  type: 'tool-refused',
  target: request.bot,
  payload: {
    call_id: request.callId,
    tool: request.tool,
    code: fault.code,
    message: fault.message,
    next: fault.next,
    ...(request.probes === undefined ? {} : { probes: request.probes }),
    ...(decision === undefined ? {} : { decision }),
  },
});
