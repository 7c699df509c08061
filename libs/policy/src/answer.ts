import { Obligation } from '@voorman/envelope';
import { z } from 'zod';
import { type Entrypoint, speaksFor } from './entrypoint.js';
import { distinctObligations, MAX_OBLIGATIONS } from './obligations.js';
import type { PolicyInput } from './policy-input.js';

/** What one entry point answered, or all of them together. */
export interface Answer {
  readonly allow: boolean;
  readonly reasons: readonly string[];
  /** Only along with an allow. */
  readonly obligations: readonly Obligation[];
}

/** An answer that is none, in words; whoever asked gets a refusal. */
export interface NoAnswer {
  readonly problem: string;
}

/**
 * A rule that is `true` or `false`, or a document. Strict: an answer with a field that is not known here asks for
 * something that nobody would do.
 */
const Result = z.union([
  z.boolean(),
  z.strictObject({
    allow: z.boolean(),
    reasons: z.array(z.string()).default([]),
    obligations: z.array(Obligation).default([]),
  }),
]);

/**
 * The answer in a rule's value; `undefined` where the rule has none for this input, which refuses and is no fault.
 * @returns `problem` where the rule answered something else than allow, reasons and obligations.
 */
export function toAnswer(rule: string, value: unknown): Answer | NoAnswer {
  if (value === undefined) return { allow: false, reasons: [`${rule} has no answer to this.`], obligations: [] };
  const result = Result.safeParse(value);
  if (!result.success) return { problem: `${rule} answered something else than {allow, reasons, obligations}` };
  if (typeof result.data === 'boolean') {
    return { allow: result.data, reasons: [`${rule} is ${result.data}.`], obligations: [] };
  }
  return result.data;
}

/**
 * Asks every entry point that speaks for the question; all of them must allow. The reasons are those of the rules that
 * refuse, or else those of all; the obligations are those of all that allow.
 * @param valueBy the value of a rule for this question; `undefined` where it has none. What it throws is passed on.
 */
export function answerOf(
  entrypoints: readonly Entrypoint[],
  input: PolicyInput,
  valueBy: (rule: string) => unknown,
): Answer | NoAnswer {
  let asked = 0;
  let allow = true;
  const reasons: string[] = [];
  const obligations: Obligation[] = [];
  for (const entrypoint of entrypoints) {
    if (!speaksFor(entrypoint, input)) continue;
    asked += 1;
    const answer = toAnswer(entrypoint.rule, valueBy(entrypoint.rule));
    if ('problem' in answer) return answer;
    if (allow && !answer.allow) reasons.length = 0;
    if (allow || !answer.allow) reasons.push(...answer.reasons);
    allow &&= answer.allow;
    obligations.push(...answer.obligations);
  }
  if (asked === 0) {
    return { allow: false, reasons: [`No rule of this policy speaks for ${input.action}.`], obligations: [] };
  }
  if (!allow) return { allow, reasons, obligations: [] };
  const distinct = distinctObligations(obligations);
  // One that does not fit the record would be one that nobody carries out.
  if (distinct.length > MAX_OBLIGATIONS) return { problem: `it asks for more than ${MAX_OBLIGATIONS} obligations` };
  return { allow, reasons, obligations: distinct };
}
