import { z } from 'zod';
import { Token } from '../token.js';
import { Decision, Fault, JsonObject, TaskState } from './parts.js';

/** What a repetition of the call would do to the world. */
export const Effect = z.enum(['read', 'repeatable', 'once']).meta({ id: 'Effect' });
export type Effect = z.infer<typeof Effect>;

const call = {
  call_id: Token.describe(
    'the call’s idempotency key: derived from tool, arguments, step, bot, and the task with its session and tenant',
  ),
  tool: z.string().max(128),
};

export const ToolRequested = z.object({
  state: z.literal(TaskState.enum.EXECUTE),
  ...call,
  step: Token,
  arguments: JsonObject,
});

/** The gateway said yes and reserved the budget; the effect may happen from here on. */
export const ToolStarted = z.object({
  ...call,
  agent: Token.describe('the bot that asked'),
  version: z.string().max(64),
  effect: Effect,
  attempt: z.int().min(1),
  max_attempts: z.int().min(1).describe('how often the gateway may begin this call, crashes included'),
  cost_usd: z.number().min(0).describe('reserved for this call'),
  budget: z
    .object({ used: z.int().min(0), max_calls: z.int().min(0) })
    .optional()
    .describe('calls of this tool in the session, this one included; absent for a repetition, which is no new call'),
  decision: Decision,
});

/** The gateway said no; nothing happened. `code` is TOOL_BUDGET_EXCEEDED when the leash ends the bot's tool loop. */
export const ToolRefused = Fault.extend({ ...call, decision: Decision.optional() });

export const ToolFinished = z.object({
  ...call,
  attempt: z.int().min(1),
  duration_ms: z.number().min(0),
  output: JsonObject.optional().describe('present when the call succeeded'),
  fault: Fault.optional().describe('present when it did not'),
});

/** The call may or may not have happened and must not be repeated; a person has to look. */
export const ToolInDoubt = Fault.extend({ ...call, attempt: z.int().min(1) });

/** The gateway took note that the session is over for it: nothing of it starts any more. */
export const CallsClosed = z.object({ reason: z.string().max(1_000) });

export const TOOL_BUDGET_EXCEEDED = 'TOOL_BUDGET_EXCEEDED';
