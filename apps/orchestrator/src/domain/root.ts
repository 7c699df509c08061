import type {
  Decision,
  Delegation,
  Evidence,
  Fault,
  JsonObject,
  Outcome,
  PlanStep,
  Recorded,
  TaskRequested,
} from '@voorman/envelope';

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

/** What the planner proposes. */
export interface Proposal {
  readonly reason: string;
  readonly steps: readonly PlanStep[];
  readonly refused: readonly RefusedBot[];
  /** Why nothing can be done, where there are no steps. */
  readonly fault?: Fault;
}

/** What a publisher's request begins: its only way in is the orchestrator's own record of it. */
export function rootFrom(record: Recorded<'task-requested'>, delegation: Delegation): Root {
  const isGoal = record.target_agent === record.source_agent;
  return {
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
