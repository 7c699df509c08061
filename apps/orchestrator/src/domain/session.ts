import type { Decider } from '@voorman/decider';
import { type Draft, type Fault, GATEWAY, JOURNAL, type Recorded } from '@voorman/envelope';
import { answerOf } from './answer.js';
import { delegate, isPastDeadline, readyToDelegate, settledFailures } from './delegation.js';
import type { Proposal, Root, Settlement } from './root.js';
import { evolveSession, noSession, type Session } from './session-state.js';

/** What the foreman may wish for a session: a plan, the end of a piece, or the end of it all. */
export type SessionCommand =
  | { readonly type: 'plan'; readonly root: string; readonly proposal: Proposal; readonly atMs: number }
  | {
      readonly type: 'settle';
      readonly taskId: string;
      /** The bot that says so; absent where the foreman ended the task itself. */
      readonly agent?: string;
      readonly settlement: Settlement;
      readonly replacement?: Proposal;
      readonly atMs: number;
    }
  | { readonly type: 'cancel'; readonly root: string; readonly reason: string }
  | { readonly type: 'end'; readonly root: string; readonly outcome: 'cancelled' | 'expired'; readonly reason: string };

/**
 * What becomes of a session's goals: planned, delegated piece by piece, replanned, answered. Boundary:
 * `serviceBoundary`.
 */
export const session: Decider<Session, SessionCommand, Draft, Recorded> = {
  initial: noSession,

  decide(frozen, state) {
    // Its plans go into payloads, whose schema's types are not read-only; nothing here changes them.
    const command = frozen as SessionCommand;
    switch (command.type) {
      case 'plan':
        return plan(state, command.root, command.proposal, command.atMs);
      case 'settle':
        return settle(state, command);
      case 'cancel':
        return state.cancelled || state.roots.get(command.root)?.status !== 'open'
          ? undefined
          : {
              type: 'session-cancelled',
              target: GATEWAY,
              payload: { reason: command.reason, root_task_id: command.root },
            };
      case 'end':
        return end(state, command.root, command.outcome, command.reason);
    }
  },

  evolve: (state, record) => evolveSession(state, record as Recorded),
};

/** The first plan, or the answer that nothing can be done; then whatever is ready to be delegated. */
function plan(state: Session, rootId: string, proposal: Proposal, atMs: number): Draft | undefined {
  const root = state.roots.get(rootId);
  if (root?.status !== 'open' || root.kind !== 'goal') return undefined;
  if (state.cancelled) return end(state, rootId, 'cancelled', 'the session had been cancelled before.');
  if (root.revision > 0) return advance(state, root, undefined, atMs);
  if (proposal.steps.length > 0) return planMade(root, proposal, []);
  const fault = proposal.fault ?? nothingFits;
  return answerOf({ ...root, refused: proposal.refused }, { outcome: 'failed', fault });
}

const nothingFits: Fault = {
  code: 'plan/nothing-fits',
  message: 'No bot here can do this.',
  next: 'Name what is wanted more precisely, attach what it is about, or deploy a bot for it.',
};

/** Takes note of how a step ended, once; then goes on with the plan. A direct task is answered at once. */
function settle(state: Session, command: Extract<SessionCommand, { type: 'settle' }>): Draft | undefined {
  const { taskId, agent, settlement, replacement, atMs } = command;
  const root = state.roots.get(state.rootOf.get(taskId) ?? '');
  const step = root?.steps.find((each) => each.task_id === taskId);
  if (root === undefined) return undefined;
  // Of the bots only the one that has the task is believed about it.
  if (step !== undefined && agent !== undefined && step.agent !== agent) return undefined;
  if (root.kind === 'direct') {
    if (root.status !== 'open') return undefined;
    return answerOf({ ...root, steps: root.steps.map((each) => ({ ...each, settlement })) });
  }
  // A step that is settled, or that a later plan has replaced, leaves only the plan to go on with.
  if (step === undefined || step.settlement) {
    return root.status === 'open' ? advance(state, root, replacement, atMs) : undefined;
  }
  // Noted even when the answer was given before it: else its deadline would be watched for ever.
  return {
    type: 'step-settled',
    target: JOURNAL,
    task: taskId,
    payload: {
      root_task_id: root.taskId,
      step: step.id,
      task_id: taskId,
      agent: step.agent,
      outcome: settlement.outcome,
      answer: settlement.answer,
      evidence: [...settlement.evidence],
      ...(settlement.data === undefined ? {} : { data: settlement.data }),
      ...(settlement.fault === undefined ? {} : { fault: settlement.fault }),
    },
  };
}

/** Replans once around what failed, delegates what is ready, answers when nothing is left to wait for. */
function advance(state: Session, root: Root, replacement: Proposal | undefined, atMs: number): Draft | undefined {
  if (state.cancelled) return undefined;
  const late = isPastDeadline(root, atMs);
  const failed = settledFailures(root);
  if (failed.length > 0 && root.revision === 1 && !late && replacement && replacement.steps.length > 0) {
    return planMade(
      root,
      replacement,
      replacement.steps.map((step) => step.id),
    );
  }
  const next = late ? undefined : readyToDelegate(root)[0];
  if (next) return delegate(root, next, atMs);
  const waiting = root.steps.some((step) => step.status === 'delegated' && !step.settlement);
  return waiting || late ? undefined : answerOf(root);
}

/** What the record of a plan holds. Characters; bots. */
const MAX_REASON = 1_000;
const MAX_REFUSED = 100;

const planMade = (root: Root, proposal: Proposal, replaces: readonly string[]): Draft => ({
  type: 'plan-made',
  target: JOURNAL,
  payload: {
    root_task_id: root.taskId,
    revision: root.revision + 1,
    reason: proposal.reason.slice(0, MAX_REASON),
    steps: [...proposal.steps],
    replaces: [...replaces],
    refused: proposal.refused.slice(0, MAX_REFUSED),
  },
});

/** The answer for a root whose open tasks were ended from outside the plan. */
function end(state: Session, rootId: string, outcome: 'cancelled' | 'expired', reason: string): Draft | undefined {
  const root = state.roots.get(rootId);
  if (root?.status !== 'open') return undefined;
  const fault: Fault =
    outcome === 'cancelled'
      ? { code: 'session/cancelled', message: `Cancelled: ${reason}`, next: 'Ask again when it is wanted after all.' }
      : { code: 'session/expired', message: reason, next: 'Ask again with a longer time to live, or check the bots.' };
  return answerOf(root, { outcome, fault });
}
