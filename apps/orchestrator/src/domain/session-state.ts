import type { Delegation, PayloadOf, Recorded } from '@voorman/envelope';
import { Map as Kept } from 'immutable';
import { type Root, rootFrom, type Settlement, type Step } from './root.js';

/** Everything that was asked for in one session. Boundary: `serviceBoundary(tenant, session, 'orchestrator')`. */
export interface Session {
  readonly roots: Kept<string, Root>;
  /** Root by the id of a task that was delegated for it. */
  readonly rootOf: Kept<string, string>;
  /** Whether the gateway was told that the session is over. */
  readonly cancelled: boolean;
}

export const noSession: Session = { roots: Kept(), rootOf: Kept(), cancelled: false };

/** The session after one more record of its boundary. */
export function evolveSession(state: Session, record: Recorded): Session {
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
    case 'approval-requested':
    case 'approval-given':
    case 'settlement-requested':
    case 'call-settled':
    case 'endpoint-changed':
    case 'rate-reserved':
    case 'registry-published':
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
}

function rootOpened(state: Session, record: Recorded<'task-requested'>): Session {
  const delegation = record.payload.delegation;
  if (delegation === undefined || state.roots.has(record.task_id)) return state;
  const root = rootFrom(record, delegation);
  return {
    ...state,
    roots: state.roots.set(root.taskId, root),
    rootOf: root.kind === 'goal' ? state.rootOf : state.rootOf.set(root.taskId, root.taskId),
  };
}

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
