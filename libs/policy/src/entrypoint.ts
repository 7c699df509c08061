import { z } from 'zod';
import { PolicyAction, type PolicyInput } from './policy-input.js';

/** A rule as package/rule, for instance `voorman/authz/decision`. */
export const RulePath = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*(\/[A-Za-z_][A-Za-z0-9_]*)+$/, 'must be a rule, such as voorman/authz/decision')
  .max(256);

/**
 * What an entry point speaks for. A field that is absent restricts nothing; without any, the rule is asked about
 * everything, and must allow everything that is to happen.
 */
export const Scope = z.strictObject({
  actions: z.array(PolicyAction).min(1).max(20).optional(),
  tools: z.array(z.string().min(1).max(128)).min(1).max(1_000).optional(),
});
export type Scope = z.infer<typeof Scope>;

/** A rule that answers, and what it answers for. */
export interface Entrypoint extends Scope {
  readonly rule: string;
}

/**
 * Whether an entry point is asked about this. A tool call that does not say which tool it is about is about any: a
 * question with a hole in it must not get around a rule.
 */
export function speaksFor({ actions, tools }: Scope, { action, tool_name }: PolicyInput): boolean {
  if (actions !== undefined && !actions.includes(action)) return false;
  if (tools === undefined) return true;
  return tool_name === undefined ? action === 'tool_execute' : tools.includes(tool_name);
}
