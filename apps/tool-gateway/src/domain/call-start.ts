import { type Draft, type Fault, JOURNAL, type PayloadOf } from '@voorman/envelope';
import { callsOfTool, exceeding } from './budget.js';
import type { ApproveCommand, FallBackCommand, Offer, Opening, RepeatCommand, StartCommand } from './call-command.js';
import {
  budgetExceeded,
  crashed,
  denied,
  notReading,
  rejected,
  sessionClosed,
  unmetObligation,
} from './call-faults.js';
import { finished, inDoubt, refused } from './call-records.js';
import { type Calls, callOf, doubtOf, type Request } from './call-state.js';

/** After crashes a harmless call is begun again more often than its manifest allows retries: no fault was seen yet. */
const CRASH_ATTEMPTS = 10;

/** Default deny: only an explicit allow, within every budget, of a session that is not over, starts a tool. */
export function start(command: StartCommand, state: Calls): Draft | undefined {
  const { request, decision, duties, offer, wanted } = command;
  if (callOf(state, request) !== undefined || isMoot(request, state)) return undefined;
  const fault = objection(command, request, state);
  if (fault === 'busy' && command.isPatient) return undefined;
  if (fault !== undefined) return refused(request, faultOf(fault, command, request, state), decision);
  if (!('unmet' in duties) && duties.approval !== undefined) {
    if (wanted === undefined) return refused(request, unmetObligation(request, 'need_approval'), decision);
    return {
      type: 'approval-requested',
      target: JOURNAL,
      payload: {
        call_id: request.callId,
        tool: request.tool,
        agent: request.bot,
        kind: 'call',
        version: offer.version,
        arguments: wanted.arguments,
        digest: wanted.digest,
        reason: duties.approval,
        decision,
      },
    };
  }
  return begun(command, request, state, { attempt: 1, max_attempts: offer.maxAttempts });
}

/** A person's word on exactly these arguments; on any others, or said twice, it means nothing. */
export function approve(command: ApproveCommand, state: Calls): Draft | undefined {
  const { request, decision, offer } = command;
  const call = callOf(state, request);
  if (call?.status !== 'waiting' && !(call?.status === 'drafted' && call.isTold)) return undefined;
  if (call.digest !== command.digest) return undefined;
  if (!command.approved) return refused(request, rejected(request, command.by, command.because));
  const fault = objection(command, request, state, call.status === 'drafted');
  if (fault === 'busy' && command.isPatient) return undefined;
  if (fault !== undefined) return refused(request, faultOf(fault, command, request, state), decision);
  if (call.status === 'waiting') {
    return begun(command, request, state, { attempt: 1, max_attempts: offer.maxAttempts });
  }
  const attempt = call.attempt + 1;
  return begun({ ...command, offer: { ...offer, effect: 'once' } }, request, state, { attempt, max_attempts: attempt });
}

/**
 * What may have happened is repeated only if the tool's manifest says that this is harmless, policy still allows it and
 * the session is not over; otherwise a human looks.
 */
export function repeat(command: RepeatCommand, state: Calls): Draft | undefined {
  const { request, decision, duties, afterCrash, offer } = command;
  const call = callOf(state, request);
  if (call?.status === 'drafted' && !call.isTold && afterCrash) {
    return finished(request, call.attempt, { kind: 'output', output: { status: 'draft' }, durationMs: 0 });
  }
  if (call?.status !== 'started' || call.attempt !== command.attempt) return undefined;
  if (call.origin !== command.origin || call.probes !== request.probes) return undefined;
  if (call.effect === 'once') return afterCrash ? inDoubt(request, call.attempt, crashed(request)) : undefined;
  const limit = afterCrash ? Math.max(call.maxAttempts, CRASH_ATTEMPTS) : call.maxAttempts;
  // Begun as what may be repeated, because it only prepared; under another policy or version it would act now.
  const wouldAct = offer.effect === 'once';
  const isAllowed =
    decision.allow &&
    !wouldAct &&
    !('unmet' in duties) &&
    (duties.approval === undefined || call.origin === 'approval');
  if (state.closed || call.attempt >= limit || !isAllowed || isMoot(request, state)) {
    const fault = state.closed ? sessionClosed : crashed(request);
    return afterCrash ? finished(request, call.attempt, { kind: 'fault', fault, durationMs: 0 }) : undefined;
  }
  return {
    type: 'tool-started',
    target: JOURNAL,
    payload: {
      ...known(request, offer),
      effect: call.effect,
      attempt: call.attempt + 1,
      max_attempts: call.maxAttempts,
      cost_usd: 0,
      decision,
    },
  };
}

/** Another tool stands in where the first one did nothing, or nothing that a repetition could harm. */
export function fallBack(command: FallBackCommand, state: Calls): Draft | undefined {
  const { request, offer, duties } = command;
  const call = callOf(state, request);
  if (call?.status !== 'started' || call.attempt !== command.attempt) return undefined;
  // What stands in has nothing to stand in for it.
  if (call.tool !== request.tool || offer.tool === call.tool) return undefined;
  if (command.cause === 'unknown' && call.effect === 'once') return undefined;
  if (objection(command, request, state) !== undefined || 'unmet' in duties) return undefined;
  // Nobody agreed to the other tool.
  if (duties.approval !== undefined) return undefined;
  const attempt = call.attempt + 1;
  return begun(command, request, state, { attempt, max_attempts: attempt - 1 + offer.maxAttempts });
}

/** Whether nobody is left to ask for: a probe is for a doubt, which may be settled, in a session, which may be over. */
const isMoot = (request: Request, state: Calls): boolean =>
  request.probes !== undefined && (state.closed || doubtOf(state, request) === undefined);

/** Why a call may not begin now. `busy`: too many are under way, which passes. */
function objection(
  { decision, duties, offer, limits, atMs }: Opening,
  request: Request,
  state: Calls,
  isKnown = false,
): Fault | 'busy' | undefined {
  if (state.closed) return sessionClosed;
  if (!decision.allow) return denied(request, decision);
  if (request.probes !== undefined && offer.effect !== 'read') return notReading(request);
  if ('unmet' in duties) return unmetObligation(request, duties.unmet);
  const ask = { bot: request.bot, tool: offer.tool, costUsd: offer.costUsd, tokens: offer.tokens };
  const exceeded = exceeding(state.use, ask, limits, atMs);
  // A draft is sent whenever a person says so: its call was counted, and its time does not run out.
  if (exceeded === undefined || (isKnown && !['cost_usd', 'tokens'].includes(exceeded.kind))) return undefined;
  return exceeded.kind === 'parallel' ? 'busy' : budgetExceeded(request, exceeded);
}

function faultOf(fault: Fault | 'busy', opening: Opening, request: Request, state: Calls): Fault {
  if (fault !== 'busy') return fault;
  const ask = {
    bot: request.bot,
    tool: opening.offer.tool,
    costUsd: opening.offer.costUsd,
    tokens: opening.offer.tokens,
  };
  const exceeded = exceeding(state.use, ask, opening.limits, opening.atMs);
  return budgetExceeded(request, exceeded ?? { kind: 'parallel', limit: 0, isShare: false });
}

type Tries = Pick<PayloadOf<'tool-started'>, 'attempt' | 'max_attempts'>;

function begun({ offer, limits, decision }: Opening, request: Request, state: Calls, tries: Tries): Draft {
  return {
    type: 'tool-started',
    target: JOURNAL,
    payload: {
      ...known(request, offer),
      effect: offer.effect,
      ...tries,
      cost_usd: offer.costUsd,
      ...(offer.tokens === 0 ? {} : { tokens: offer.tokens }),
      budget: { used: callsOfTool(state.use, offer.tool) + 1, max_calls: limits.maxCalls },
      decision,
    },
  };
}

const known = (request: Request, offer: Offer) => ({
  call_id: request.callId,
  agent: request.bot,
  tool: offer.tool,
  version: offer.version,
  ...(offer.digest === undefined ? {} : { digest: offer.digest }),
  ...(offer.endpoint === undefined ? {} : { endpoint: offer.endpoint }),
  ...(offer.tool === request.tool ? {} : { fallback_for: request.tool }),
  ...(request.probes === undefined ? {} : { probes: request.probes }),
});
