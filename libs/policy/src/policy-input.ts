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
  arguments: JsonObject.optional(),
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
