import { z } from 'zod';
import { Attachment } from '../payload-ref.js';
import { Token } from '../token.js';
import { Decision, Evidence, Fault, JsonObject, Outcome, SessionTerms, TaskState } from './parts.js';

/** Why a task exists inside a session, and for whom; set by the orchestrator, never by a publisher. */
export const Delegation = z
  .object({
    on_behalf_of: Token.describe('the publisher that gets the answer'),
    root_task_id: Token,
    step: Token.optional().describe('the step of the orchestrator’s plan that this task carries out'),
    decision: Decision,
    terms: SessionTerms.optional().describe('in the session’s first record only'),
  })
  .meta({ id: 'Delegation' });
export type Delegation = z.infer<typeof Delegation>;

/** A plan that a publisher declares with its goal, in place of one that is made for it. */
export const DeclaredPlan = z
  .object({
    steps: z
      .array(
        z.object({
          id: Token,
          agent: Token,
          capability: z.string().max(128),
          depends_on: z.array(Token).max(100).default([]),
          attachments: z.array(z.string().max(255)).max(50).optional().describe('names; all where it is absent'),
          input: JsonObject.default({}).describe('may quote {{ steps.<id>.<field of its data> }}'),
        }),
      )
      .min(1)
      .max(100),
  })
  .meta({ id: 'DeclaredPlan' });

/** Someone asked for something. What else the publisher wrote stays beside the fields that are known here. */
export const TaskRequested = z.looseObject({
  goal: z.string().min(1).max(8_000).optional().describe('what is wanted, in plain words'),
  action: z.string().max(128).optional().describe('a capability’s name, where the publisher knows it'),
  attachments: z.array(Attachment).max(50).optional(),
  plan: DeclaredPlan.optional(),
  delegation: Delegation.optional(),
});
export type TaskRequested = z.infer<typeof TaskRequested>;

export const TaskAccepted = z.object({ state: z.literal(TaskState.enum.INTAKE), capability: z.string().max(128) });

/** A bot looked up what its steps will need. */
export const ContextRetrieved = z.object({
  state: z.literal(TaskState.enum.RETRIEVE),
  sources: z.array(z.string().max(255)).max(100).describe('names of the attachments and facts it works from'),
});

export const Check = z.object({ name: z.string().max(128), passed: z.boolean(), detail: z.string().max(1_000) });

/** A bot checked its own result before handing it out. */
export const ResultVerified = z.object({
  state: z.literal(TaskState.enum.VERIFY),
  passed: z.boolean(),
  checks: z.array(Check).max(50),
});

export const TaskCompleted = z.object({
  state: z.literal(TaskState.enum.OUTPUT),
  answer: z.string().max(32_000),
  evidence: z.array(Evidence).max(500),
  data: JsonObject.optional().describe('the structured result, for whoever builds on it'),
});

export const TaskFailed = Fault;

export const TaskExpired = z.object({
  ttl_seconds: z.int().min(1),
  accepted: z.boolean().describe('whether the bot had taken the task before its time ran out'),
  message: z.string().max(1_000),
});

export const TaskCancelled = z.object({ reason: z.string().max(1_000) });

/** What became of each piece, as the publisher is told. */
export const TaskSummary = z
  .object({ task_id: Token, agent: Token, outcome: Outcome, message: z.string().max(4_000).optional() })
  .meta({ id: 'TaskSummary' });
export type TaskSummary = z.infer<typeof TaskSummary>;

/** The one end of what a publisher asked for, addressed to the publisher. */
export const AnswerGiven = z.object({
  outcome: Outcome,
  answer: z.string().max(64_000).describe('for a failure: what went wrong and what can be done, in plain words'),
  evidence: z.array(Evidence).max(1_000),
  tasks: z.array(TaskSummary).max(200),
  fault: Fault.optional(),
  refused: z
    .array(z.object({ agent: Token, capability: z.string().max(128), decision: Decision }))
    .max(100)
    .optional()
    .describe('bots that could have helped but that policy kept from it'),
});
export type AnswerGiven = z.infer<typeof AnswerGiven>;

/** A message in the inbox that did not become a task, and why; addressed to its publisher. */
export const EnvelopeRefused = Fault.extend({
  inbox_position: z.int().min(0).describe('sequence of the refused message in the inbox stream'),
  decision: Decision.optional(),
});

export const CancelRequested = z.object({
  reason: z.string().max(1_000),
  requested_by: Token.describe('the publisher; ends what it asked for itself'),
  decision: Decision,
});

/** Tells the gateway that no call of the session may start any more. */
export const SessionCancelled = z.object({ reason: z.string().max(1_000), root_task_id: Token });
