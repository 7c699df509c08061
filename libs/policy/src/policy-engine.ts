import type { Decision } from '@voorman/envelope';
import type { PolicyInput } from './policy-input.js';

/** The revision that a decision names where no bundle made it. */
export const NO_BUNDLE = 'none';

/**
 * Decides whether something may happen. Fails closed: it never throws, and whatever goes wrong inside is a refusal whose
 * reasons say so.
 */
export interface PolicyEngine {
  /** Synchronous and in process: some microseconds. The answer is made to be recorded as it is. */
  decide(input: PolicyInput): Decision;
  /** Which bundle decides; `none` where there is no usable one. */
  readonly revision: string;
}

/** Microseconds since some fixed moment; only differences are used. */
export type Stopwatch = () => number;

export const monotonicUs: Stopwatch = () => performance.now() * 1000;

/** Bounds of what a record may hold of a decision. */
const MAX_REASONS = 20;
const MAX_REASON_LENGTH = 500;

/** A decision that fits its record: reasons beyond its bounds are cut, the answer never is. */
export const toDecision = (
  action: string,
  answer: { readonly allow: boolean; readonly reasons: readonly string[] },
  bundle: string,
  latencyUs: number,
): Decision => ({
  action,
  allow: answer.allow,
  reasons: answer.reasons.slice(0, MAX_REASONS).map((reason) => reason.slice(0, MAX_REASON_LENGTH)),
  bundle,
  // A clock that jumps back must not make the record invalid.
  latency_us: Math.max(0, Math.round(latencyUs * 10) / 10),
});
