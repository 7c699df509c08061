import { z } from 'zod';

/** What one entry point answered. */
export interface Answer {
  readonly allow: boolean;
  readonly reasons: readonly string[];
}

/**
 * A rule that is `true` or `false`, or a document. Strict: an answer with a field that is not known here (an obligation,
 * say) asks for something that nobody would do.
 */
const Result = z.union([z.boolean(), z.strictObject({ allow: z.boolean(), reasons: z.array(z.string()).default([]) })]);

/**
 * The answer in an evaluation's result set. A rule that has no value for this input refuses; that is no fault.
 * @returns `problem`, in words, where the rule answered something else than allow and reasons.
 */
export function toAnswer(entrypoint: string, resultSet: unknown): Answer | { readonly problem: string } {
  if (!Array.isArray(resultSet) || resultSet.length > 1) return { problem: `${entrypoint} gave no result set` };
  if (resultSet.length === 0) return { allow: false, reasons: [`${entrypoint} has no answer to this.`] };
  const result = Result.safeParse(resultSet[0]?.result);
  if (!result.success) return { problem: `${entrypoint} answered something else than {allow, reasons}` };
  if (typeof result.data === 'boolean') return { allow: result.data, reasons: [`${entrypoint} is ${result.data}.`] };
  return result.data;
}
