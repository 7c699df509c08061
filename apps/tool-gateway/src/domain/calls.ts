import type { Decider } from '@voorman/decider';
import { type Draft, JOURNAL, type Recorded } from '@voorman/envelope';
import { usedByBot } from './budget.js';
import type { CallsCommand } from './call-command.js';
import { evolve } from './call-evolve.js';
import { budgetExceeded } from './call-faults.js';
import { conclude, finish, refused, settle } from './call-records.js';
import { approve, fallBack, repeat, start } from './call-start.js';
import { type Calls, callOf, noCalls } from './call-state.js';

/**
 * Every call of a session, and what they have used up. A call is refused; or waits for a person; or starts, and then
 * finishes, or is in doubt until somebody settles that. Boundary: `serviceBoundary(tenant, session, 'tool-gateway')`.
 */
export const calls: Decider<Calls, CallsCommand, Draft, Recorded> = {
  initial: noCalls,

  decide(frozenCommand, frozen) {
    const command = frozenCommand as CallsCommand;
    const state = frozen as Calls;
    switch (command.type) {
      case 'start':
        return start(command, state);
      case 'refuse':
        return refuse(command, state);
      case 'approve':
        return approve(command, state);
      case 'repeat':
        return repeat(command, state);
      case 'fall-back':
        return fallBack(command, state);
      case 'finish':
        return finish(command, state);
      case 'settle':
        return settle(command, state);
      case 'conclude':
        return conclude(command.request, state);
      case 'hold':
        return undefined;
      case 'close':
        return state.closed
          ? undefined
          : { type: 'calls-closed', target: JOURNAL, payload: { reason: command.reason } };
    }
  },

  evolve: (state, record) => evolve(state as Calls, record as Recorded),
};

/** A bot that keeps asking for what it cannot get is stopped like one that spends too much. */
function refuse(command: Extract<CallsCommand, { type: 'refuse' }>, state: Calls): Draft | undefined {
  const { request, fault, maxRefusals } = command;
  const call = callOf(state, request);
  if (call !== undefined && call.status !== 'waiting' && call.status !== 'drafted') return undefined;
  if (maxRefusals === undefined || usedByBot(state.use, request.bot).refusals < maxRefusals) {
    return refused(request, fault);
  }
  return refused(request, budgetExceeded(request, { kind: 'refusals', limit: maxRefusals, isShare: false }));
}
