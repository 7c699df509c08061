import { Effect, JsonObject, Token } from '@voorman/envelope';
import { z } from 'zod';

/** The version of the input document. A new optional field leaves it as it is; a changed meaning raises it. */
export const POLICY_INPUT_SCHEMA = 1;

/** Where nothing else is configured, the strictest environment is assumed. */
export const DEFAULT_ENVIRONMENT = 'production';

export const PolicyAction = z.enum([
  'tool_execute',
  'task_delegate',
  'memory_retrieve',
  'memory_write',
  'skill_invoke',
  'publish',
  'approve',
  'settle',
]);
export type PolicyAction = z.infer<typeof PolicyAction>;

/** What a policy may know about the tool of a call, from its manifest. */
export const PolicyTool = z.object({
  name: z.string().max(128),
  version: z.string().max(64),
  type: z.string().max(32).describe('api, process, script, sql, mcp, mail or function'),
  effect: Effect,
});
export type PolicyTool = z.infer<typeof PolicyTool>;

/** What the session has used up before this question. */
export const PolicyBudget = z.object({
  calls: z.int().min(0),
  tool_calls: z.int().min(0).describe('of this tool'),
  cost_usd: z.number().min(0),
  tokens: z.int().min(0),
  refusals: z.int().min(0).describe('of this agent'),
});
export type PolicyBudget = z.infer<typeof PolicyBudget>;

/** What happened in the session before this question. */
export const PolicyHistory = z.object({
  tools: z.array(z.string().max(128)).max(1_000).describe('tools that were called, each once'),
  data_classes: z.array(z.string().max(64)).max(1_000).describe('kinds of data that were read, each once'),
  denials: z.int().min(0).describe('calls that policy refused'),
});
export type PolicyHistory = z.infer<typeof PolicyHistory>;

/**
 * What a policy is asked, `input` in Rego. Flat, so that a rule is a handful of comparisons. A field that does not apply
 * is absent, and a comparison with an absent field is not true: nothing is allowed by an omission.
 */
export const PolicyInput = z.strictObject({
  schema: z.literal(POLICY_INPUT_SCHEMA),
  action: PolicyAction,
  tenant: Token,
  session: Token,
  task: Token.optional(),
  agent: Token.describe('who acts; for publish the publisher itself'),
  environment: z.string().max(64).describe('where this runs, as the operator configured it'),
  tool_name: z.string().max(128).optional(),
  tool: PolicyTool.optional(),
  target_agent: Token.optional().describe('who is to get the task'),
  capability: z.string().max(128).optional().describe('what of the target is wanted'),
  publisher: Token.optional().describe('on whose behalf the session runs'),
  user: z.string().max(256).optional(),
  user_role: z.string().max(128).optional(),
  query_type: z.string().max(32).optional().describe('SELECT, INSERT, …: the statement that the arguments hold'),
  agent_domain: z.string().max(128).optional().describe('the domain in the acting agent’s manifest'),
  tables: z.array(z.string().max(256)).max(1_000).optional().describe('tables that the statement touches'),
  hosts: z.array(z.string().max(253)).max(100).optional().describe('hosts that the call would reach'),
  paths: z.array(z.string().max(4_096)).max(1_000).optional().describe('files that the arguments name'),
  recipients: z.array(z.string().max(320)).max(1_000).optional().describe('mail addresses that would get it'),
  arguments: JsonObject.optional(),
  budget: PolicyBudget.optional(),
  history: PolicyHistory.optional(),
});
export type PolicyInput = z.infer<typeof PolicyInput>;

/** What the enforcement point knows; the rest of the document is added by `policyInput`. */
export type PolicyQuestion = Omit<PolicyInput, 'schema' | 'environment' | 'tool_name'> & {
  readonly environment?: string;
  /** Default: the name in `tool`. */
  readonly tool_name?: string;
};

/** The input document of a question: its version, the environment, and the tool's name where a flat rule looks for it. */
export function policyInput(question: PolicyQuestion): PolicyInput {
  const toolName = question.tool_name ?? question.tool?.name;
  return {
    ...question,
    schema: POLICY_INPUT_SCHEMA,
    environment: question.environment ?? DEFAULT_ENVIRONMENT,
    ...(toolName === undefined ? {} : { tool_name: toolName }),
  };
}

/** The question as a decision's record keeps it: without the arguments, which the record that asked holds. */
export function recordedInput({ arguments: _held, ...input }: PolicyInput): JsonObject {
  return input as JsonObject;
}

/** A question that nobody asks, so that a bundle shows before it is used that it answers. */
export const PROBE: PolicyInput = policyInput({ action: 'publish', tenant: 'probe', session: 'probe', agent: 'probe' });
