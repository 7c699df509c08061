import {
  type Fault,
  type JsonObject,
  type Outcome,
  type PayloadOf,
  type PayloadRef,
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
  | {
      readonly status: 'failed' | 'refused' | 'in-doubt';
      readonly callId: string;
      readonly fault: Fault;
      /** Its sentence may be a stranger's. */
      readonly isUntrusted?: true;
    };

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

/** True once a call of this task was refused because the budget is used up. */
export const isOnLeash = (state: OpenTask): boolean =>
  Object.values(state.calls).some((call) => call.status === 'refused' && call.fault.code === TOOL_BUDGET_EXCEEDED);
