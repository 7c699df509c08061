import type { Decider } from '@voorman/decider';
import type {
  Decision,
  Delegation,
  Draft,
  Evidence,
  Fault,
  JsonObject,
  Outcome,
  PayloadOf,
  PlanStep,
  Recorded,
  TaskRequested,
} from '@voorman/envelope';
import { Map as Kept } from 'immutable';
import { answerOf } from './answer.js';
import { delegate, isPastDeadline, readyToDelegate, settledFailures } from './delegation.js';

/** A step of the plan, and how far it came. */
export type Step = PlanStep & { readonly status: 'planned' | 'delegated'; readonly settlement?: Settlement };

/** How a step's task ended. */
export interface Settlement {
  readonly outcome: Outcome;
  readonly answer: string;
  readonly evidence: readonly Evidence[];
  readonly data?: JsonObject;
  readonly fault?: Fault;
}

/** A bot that could have done a step but that policy kept from it. */
export interface RefusedBot {
  readonly agent: string;
  readonly capability: string;
  readonly decision: Decision;
}

/** One thing that a publisher asked for: a goal that needs a plan, or a task that went straight to a bot. */
export interface Root {
  readonly kind: 'goal' | 'direct';
  readonly taskId: string;
  readonly publisher: string;
  readonly request: TaskRequested;
  readonly ttlSeconds: number;
  /** When the log recorded the request. Milliseconds since 1970. */
  readonly requestedAtMs: number;
  readonly status: 'open' | 'answered';
  /** 0 before the first plan. */
  readonly revision: number;
  readonly steps: readonly Step[];
  /** Attempts that a later plan replaced. */
  readonly replaced: readonly Step[];
  readonly refused: readonly RefusedBot[];
}

/** Everything that was asked for in one session. Boundary: `serviceBoundary(tenant, session, 'orchestrator')`. */
export interface Session {
  readonly roots: Kept<string, Root>;
  /** Root by the id of a task that was delegated for it. */
  readonly rootOf: Kept<string, string>;
  /** Whether the gateway was told that the session is over. */
  readonly cancelled: boolean;
}

/** What the planner proposes. */
export interface Proposal {
  readonly reason: string;
  readonly steps: readonly PlanStep[];
  readonly refused: readonly RefusedBot[];
  /** Why nothing can be done, where there are no steps. */
  readonly fault?: Fault;
}

export type SessionCommand =
  | { readonly type: 'plan'; readonly root: string; readonly proposal: Proposal; readonly atMs: number }
  | {
      readonly type: 'settle';
      readonly taskId: string;
      readonly settlement: Settlement;
      readonly replacement?: Proposal;
      readonly atMs: number;
    }
  | { readonly type: 'cancel'; readonly root: string; readonly reason: string }
  | { readonly type: 'end'; readonly root: string; readonly outcome: 'cancelled' | 'expired'; readonly reason: string };

export const session: Decider<Session, SessionCommand, Draft, Recorded> = {
  initial: { roots: Kept(), rootOf: Kept(), cancelled: false },

  decide(frozenCommand, frozen) {
    const command = frozenCommand as SessionCommand;
    const state = frozen as Session;
    switch (command.type) {
      case 'plan':
        return plan(state, command.root, command.proposal, command.atMs);
      case 'settle':
        return settle(state, command.taskId, command.settlement, command.replacement, command.atMs);
      case 'cancel':
        return state.cancelled || state.roots.get(command.root)?.status !== 'open'
          ? undefined
          : {
              type: 'session-cancelled',
              target: 'tool-gateway',
              payload: { reason: command.reason, root_task_id: command.root },
            };
      case 'end':
        return end(state, command.root, command.outcome, command.reason);
    }
  },

  evolve(frozen, frozenRecord) {
    const state = frozen as Session;
    const record = frozenRecord as Recorded;
    switch (record.type) {
      case 'task-requested':
        return record.payload.delegation?.step === undefined
          ? rootOpened(state, record)
          : stepDelegated(state, record.payload.delegation, record.task_id);
      case 'plan-made':
        return planned(state, record);
      case 'step-settled': {
        const { answer, evidence, outcome, fault, data } = record.payload;
        return settled(state, record.payload.root_task_id, record.task_id, {
          outcome,
          answer,
          evidence,
          ...(data === undefined ? {} : { data }),
          ...(fault === undefined ? {} : { fault }),
        });
      }
      case 'answer-given':
        return changeRoot(state, record.task_id, (root) => answered(root, record.payload));
      case 'session-cancelled':
        return { ...state, cancelled: true };
      case 'task-accepted':
      case 'steps-planned':
      case 'context-retrieved':
      case 'tool-requested':
      case 'tool-started':
      case 'tool-refused':
      case 'tool-finished':
      case 'tool-in-doubt':
      case 'calls-closed':
      case 'result-verified':
      case 'task-completed':
      case 'task-failed':
      case 'task-expired':
      case 'task-cancelled':
      case 'envelope-refused':
      case 'cancel-requested':
      case 'record-quarantined':
      case 'bundle-published':
        return state;
    }
  },
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
function settle(
  state: Session,
  taskId: string,
  settlement: Settlement,
  replacement: Proposal | undefined,
  atMs: number,
): Draft | undefined {
  const root = state.roots.get(state.rootOf.get(taskId) ?? '');
  if (root === undefined) return undefined;
  if (root.kind === 'direct') {
    if (root.status !== 'open') return undefined;
    return answerOf({ ...root, steps: root.steps.map((step) => ({ ...step, settlement })) });
  }
  const step = root.steps.find((each) => each.task_id === taskId);
  // A step that is settled, or that a later plan has replaced, leaves only the plan to go on with.
  if (step === undefined || step.settlement) {
    return root.status === 'open' ? advance(state, root, replacement, atMs) : undefined;
  }
  // Noted even when the answer was given before it: else its deadline would be watched for ever.
  return {
    type: 'step-settled',
    target: 'journal',
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

const planMade = (root: Root, proposal: Proposal, replaces: readonly string[]): Draft => ({
  type: 'plan-made',
  target: 'journal',
  payload: {
    root_task_id: root.taskId,
    revision: root.revision + 1,
    reason: proposal.reason,
    steps: [...proposal.steps],
    replaces: [...replaces],
    refused: [...proposal.refused],
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

function rootOpened(state: Session, record: Recorded<'task-requested'>): Session {
  const delegation = record.payload.delegation;
  if (delegation === undefined || state.roots.has(record.task_id)) return state;
  const isGoal = record.target_agent === record.source_agent;
  const root: Root = {
    kind: isGoal ? 'goal' : 'direct',
    taskId: record.task_id,
    publisher: delegation.on_behalf_of,
    request: record.payload,
    ttlSeconds: record.ttl_seconds,
    requestedAtMs: record.recordedAtMs,
    status: 'open',
    revision: 0,
    steps: isGoal ? [] : [directStep(record, delegation)],
    replaced: [],
    refused: [],
  };
  return {
    ...state,
    roots: state.roots.set(root.taskId, root),
    rootOf: isGoal ? state.rootOf : state.rootOf.set(root.taskId, root.taskId),
  };
}

const directStep = (record: Recorded<'task-requested'>, delegation: Delegation): Step => ({
  id: 'direct',
  task_id: record.task_id,
  agent: record.target_agent,
  capability: record.payload.action ?? '',
  depends_on: [],
  attachments: [],
  input: {},
  decision: delegation.decision,
  status: 'delegated',
});

function planned(state: Session, record: Recorded<'plan-made'>): Session {
  const { root_task_id, revision, steps, replaces, refused } = record.payload;
  return changeRoot(state, root_task_id, (root) => ({
    ...root,
    revision,
    refused: [...root.refused, ...refused],
    replaced: [...root.replaced, ...root.steps.filter((step) => replaces.includes(step.id))],
    steps: [
      ...root.steps.filter((step) => !replaces.includes(step.id)),
      ...steps.map((step): Step => ({ ...step, status: 'planned' })),
    ],
  }));
}

const stepDelegated = (state: Session, delegation: Delegation, taskId: string): Session => ({
  ...changeStep(state, delegation.root_task_id, taskId, (step) => ({ ...step, status: 'delegated' })),
  rootOf: state.rootOf.set(taskId, delegation.root_task_id),
});

/** A direct task has no settlement of its own: its answer says how it ended. */
const answered = (root: Root, { outcome, answer, evidence }: PayloadOf<'answer-given'>): Root => ({
  ...root,
  status: 'answered',
  steps:
    root.kind === 'direct'
      ? root.steps.map((step) => ({ ...step, settlement: { outcome, answer, evidence } }))
      : root.steps,
});

const settled = (state: Session, rootId: string, taskId: string, settlement: Settlement): Session =>
  changeStep(state, rootId, taskId, (step) => (step.settlement ? step : { ...step, settlement }));

const changeStep = (state: Session, rootId: string, taskId: string, change: (step: Step) => Step): Session =>
  changeRoot(state, rootId, (root) => ({
    ...root,
    steps: root.steps.map((step) => (step.task_id === taskId ? change(step) : step)),
  }));

function changeRoot(state: Session, rootId: string, change: (root: Root) => Root): Session {
  const root = state.roots.get(rootId);
  return root === undefined ? state : { ...state, roots: state.roots.set(rootId, change(root)) };
}
