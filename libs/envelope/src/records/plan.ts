import { z } from 'zod';
import { Token } from '../token.js';
import { Decision, Evidence, Fault, JsonObject, Outcome, TaskState } from './parts.js';

/** One delegated piece of the orchestrator's plan. */
export const PlanStep = z
  .object({
    id: Token,
    task_id: Token,
    agent: Token,
    capability: z.string().max(128),
    depends_on: z.array(Token).max(100),
    attachments: z.array(z.string().max(255)).max(50).describe('names of the attachments that this step gets'),
    input: JsonObject.describe('fields of the task’s payload besides goal and attachments'),
    decision: Decision,
  })
  .meta({ id: 'PlanStep' });
export type PlanStep = z.infer<typeof PlanStep>;

/** The foreman decided who does what. A later plan of the same root replaces the steps it names in `replaces`. */
export const PlanMade = z.object({
  root_task_id: Token,
  revision: z.int().min(1),
  reason: z.string().max(1_000),
  steps: z.array(PlanStep).min(1).max(100),
  replaces: z.array(Token).max(100),
  refused: z
    .array(z.object({ agent: Token, capability: z.string().max(128), decision: Decision }))
    .max(100)
    .describe('bots that could have done a step but that policy kept from it'),
});

/** The foreman took note of how one step of its plan ended. */
export const StepSettled = z.object({
  root_task_id: Token,
  step: Token,
  task_id: Token,
  agent: Token,
  outcome: Outcome,
  answer: z.string().max(32_000),
  evidence: z.array(Evidence).max(500),
  data: JsonObject.optional().describe('what later steps may use of the result'),
  fault: Fault.optional(),
});

/** A bot decided which of its steps it will take. */
export const StepsPlanned = z.object({
  state: z.literal(TaskState.enum.PLAN),
  steps: z.array(z.object({ id: Token, tool: z.string().max(128), depends_on: z.array(Token).max(100) })).max(200),
});
