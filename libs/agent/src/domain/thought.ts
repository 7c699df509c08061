import { type Draft, type Fault, FOREMAN, GATEWAY, JOURNAL, type JsonObject, type PayloadOf } from '@voorman/envelope';
import { isOnLeash, type OpenTask } from './task-state.js';

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

/** What the brain wishes, where the task is ready for it; nothing else. */
export function proceed(thought: Thought, state: OpenTask): Draft | undefined {
  switch (thought.kind) {
    case 'wait':
      return undefined;
    case 'fail':
      return { type: 'task-failed', target: FOREMAN, payload: thought.fault };
    case 'accept':
      return state.phase === 'requested' ? accepted(thought) : undefined;
    case 'plan':
      return state.phase === 'accepted' ? planned(thought) : undefined;
    case 'retrieve':
      return state.phase === 'planned' ? retrieved(thought) : undefined;
    case 'call':
      return mayCall(state, thought.step) ? requested(thought) : undefined;
    case 'verify':
      return state.phase === 'executing' ? verified(thought) : undefined;
    case 'answer':
      return state.phase === 'verified' && state.verification?.passed ? completed(thought) : undefined;
  }
}

/** A step is called once; and nothing is called any more after the leash was felt. */
const mayCall = (state: OpenTask, step: string): boolean =>
  state.phase === 'executing' && state.calls[step] === undefined && !isOnLeash(state);

type ThoughtOf<Kind extends Thought['kind']> = Extract<Thought, { kind: Kind }>;

const accepted = ({ capability }: ThoughtOf<'accept'>): Draft => ({
  type: 'task-accepted',
  target: JOURNAL,
  payload: { state: 'INTAKE', capability },
});

const planned = ({ steps }: ThoughtOf<'plan'>): Draft => ({
  type: 'steps-planned',
  target: JOURNAL,
  payload: { state: 'PLAN', steps: [...steps] },
});

const retrieved = ({ sources }: ThoughtOf<'retrieve'>): Draft => ({
  type: 'context-retrieved',
  target: JOURNAL,
  payload: { state: 'RETRIEVE', sources: [...sources] },
});

const requested = ({ callId, tool, step, arguments: args }: ThoughtOf<'call'>): Draft => ({
  type: 'tool-requested',
  target: GATEWAY,
  payload: { state: 'EXECUTE', call_id: callId, tool, step, arguments: args },
});

const verified = ({ checks }: ThoughtOf<'verify'>): Draft => ({
  type: 'result-verified',
  target: JOURNAL,
  payload: { state: 'VERIFY', passed: checks.every((check) => check.passed), checks: [...checks] },
});

const completed = ({ answer, evidence, data }: ThoughtOf<'answer'>): Draft => ({
  type: 'task-completed',
  target: FOREMAN,
  payload: { state: 'OUTPUT', answer, evidence: [...evidence], data },
});
