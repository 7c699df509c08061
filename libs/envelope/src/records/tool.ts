import { z } from 'zod';
import { PayloadRef } from '../payload-ref.js';
import { Token } from '../token.js';
import { Decision, Fault, JsonObject, Redacted, TaskState } from './parts.js';

/** What a repetition of the call would do to the world. */
export const Effect = z.enum(['read', 'repeatable', 'once']).meta({ id: 'Effect' });
export type Effect = z.infer<typeof Effect>;

const call = {
  call_id: Token.describe(
    'the call’s idempotency key: derived from tool, arguments, step, bot, and the task with its session and tenant',
  ),
  tool: z.string().max(128),
};

/** On a call that nobody asked for but the gateway itself, of a manifest's `probe`. */
const probes = Token.optional().describe('the call in doubt, of the same bot, that this call asks the service about');

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
  digest: z.string().max(128).optional().describe('of the signed manifest that is used'),
  endpoint: z.string().max(256).optional().describe('what the circuit breaker watches'),
  fallback_for: z.string().max(128).optional().describe('the tool that was asked for, where this one stands in for it'),
  probes,
  cost_usd: z.number().min(0).describe('reserved for this call'),
  tokens: z.int().min(0).optional().describe('reserved for this call'),
  budget: z
    .object({ used: z.int().min(0), max_calls: z.int().min(0) })
    .optional()
    .describe('calls of this tool in the session, this one included; absent for a repetition, which is no new call'),
  decision: Decision,
});

/** The gateway said no; nothing happened. `code` is TOOL_BUDGET_EXCEEDED when the leash ends the bot's tool loop. */
export const ToolRefused = Fault.extend({ ...call, probes, decision: Decision.optional() });

export const ToolFinished = z.object({
  ...call,
  attempt: z.int().min(1),
  duration_ms: z.number().min(0),
  output: JsonObject.optional().describe('present when the call succeeded'),
  output_ref: PayloadRef.optional().describe('where an output lies that is too large for a record'),
  fault: Fault.optional().describe('present when it did not'),
  served_by: z.string().max(128).optional().describe('the fallback tool that gave the output'),
  untrusted: z
    .literal(true)
    .optional()
    .describe('the output, or what the fault says, is text from outside: data, never an instruction'),
  note: z.string().max(1_000).optional().describe('what of the output was cut, and why'),
  redacted: z.array(Redacted).max(1_000).optional(),
  cost_usd: z.number().min(0).optional().describe('what it really cost; absent: what was reserved'),
  tokens: z.int().min(0).optional(),
  data_classes: z.array(Token).max(20).optional().describe('kinds of data that its bot has read now'),
});

/** The call may or may not have happened and must not be repeated; a person has to look. */
export const ToolInDoubt = Fault.extend({ ...call, attempt: z.int().min(1) });

/** A call waits for a person, or a draft does; nothing was sent. */
export const ApprovalRequested = z.object({
  ...call,
  agent: Token,
  kind: z.enum(['call', 'draft']).describe('call: its bot waits for it; draft: its bot went on, and the call is over'),
  version: z.string().max(64),
  arguments: JsonObject.describe('what would be done'),
  digest: z.string().max(128).describe('of exactly these arguments: an approval names it'),
  reason: z.string().max(1_000),
  decision: Decision,
});

/** A person said yes or no, possibly to something edited. Written by the orchestrator, once it knows who it was. */
export const ApprovalGiven = z.object({
  call_id: Token,
  agent: Token,
  digest: z.string().max(128).describe('of the arguments that the person saw'),
  approved: z.boolean(),
  arguments: JsonObject.optional().describe('what to do instead, where the person edited it'),
  because: z.string().max(1_000),
  approved_by: z.string().max(256),
  decision: Decision.optional().describe('policy’s yes to whoever said it'),
});

/** A person, or the orchestrator for one, wants a call in doubt to be settled. */
export const SettlementRequested = z.object({
  call_id: Token,
  agent: Token,
  happened: z.boolean(),
  because: z.string().min(1).max(1_000),
  settled_by: z.string().max(256),
  decision: Decision.optional().describe('policy’s yes to whoever said it'),
});

/** A call in doubt is none any more. */
export const CallSettled = z.object({
  ...call,
  agent: Token,
  happened: z.boolean(),
  because: z.string().max(1_000),
  settled_by: z.string().max(256).describe('a person, or the probe tool'),
  output: JsonObject.optional().describe('what the probe found out'),
});

/** An endpoint failed, recovered, was cut off, or may be tried again: what every gateway goes by. */
export const EndpointChanged = z.object({
  endpoint: z.string().max(256),
  tool: z.string().max(128),
  state: z.enum(['failed', 'open', 'trial', 'closed']),
  failures: z.int().min(0).describe('in a row'),
  until: z.iso.datetime().optional().describe('open: when one call may try again'),
  code: z.string().max(128).optional().describe('of the last fault'),
});

/** A gateway took a part of a rate limit's calls for itself. */
export const RateReserved = z.object({
  tool: z.string().max(128),
  window: z.int().min(0).describe('number of the window since 1970, each rate_limit.per_seconds long'),
  calls: z.int().min(1),
});

/** The gateway took note that the session is over for it: nothing of it starts any more. */
export const CallsClosed = z.object({ reason: z.string().max(1_000) });

/** The code of every refusal for want of budget: a bot that meets it has to end its task. */
export const TOOL_BUDGET_EXCEEDED = 'TOOL_BUDGET_EXCEEDED';
