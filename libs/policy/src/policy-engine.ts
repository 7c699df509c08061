import type { Decision, Obligation } from '@voorman/envelope';
import type { Bundle } from './bundle.js';
import type { PolicyFaultError } from './errors.js';
import type { PolicyInput } from './policy-input.js';

/** The revision that a decision names where no bundle made it. */
export const NO_BUNDLE = 'none';

/**
 * Decides whether something may happen. Fails closed: it never throws and never rejects, and whatever goes wrong inside is
 * a refusal whose reasons say so.
 */
export interface PolicyEngine {
  /**
   * At once and in some microseconds where the engine runs in this process; later where it does not. The answer is made to
   * be recorded as it is.
   */
  decide(input: PolicyInput): MaybePromise<Decision>;
  /** Which bundle decides; `none` where there is no usable one. */
  readonly revision: string;
}

/** An answer that is there at once where the engine runs in this process, and later where it does not. */
export type MaybePromise<T> = T | Promise<T>;

/** An engine that decides by one bundle for as long as it lives. */
export interface BundleEngine {
  readonly bundle: Bundle;
  /** Never throws and never rejects: whatever goes wrong inside is a refusal. */
  decide(input: PolicyInput): MaybePromise<Decision>;
  /** Lets go of what it holds; decisions under way end first. */
  close(): void;
}

/** What every engine needs of its process. */
export interface EngineOptions {
  /** Default: the process's monotonic clock. */
  readonly nowUs?: Stopwatch;
  /** Told of each decision that failed and was therefore a refusal. */
  readonly onFault?: (fault: PolicyFaultError) => void;
}

/** The words of a refusal whose cause is ours; general, for a bot may read them. */
export const UNDECIDED = 'The policy could not decide this, and what is not decided is refused.';

/** Microseconds since some fixed moment; only differences are used. */
export type Stopwatch = () => number;

/** The process's own clock, which no setting of the time moves. */
export const monotonicUs: Stopwatch = () => performance.now() * 1000;

/** Bounds of what a record may hold of a decision. */
const MAX_REASONS = 20;
const MAX_REASON_LENGTH = 500;

/** A decision that fits its record: reasons beyond its bounds are cut, the answer and what it obliges to never are. */
export const toDecision = (
  action: string,
  answer: {
    readonly allow: boolean;
    readonly reasons: readonly string[];
    readonly obligations?: readonly Obligation[];
  },
  bundle: string,
  latencyUs: number,
): Decision => ({
  action,
  allow: answer.allow,
  reasons: answer.reasons.slice(0, MAX_REASONS).map((reason) => reason.slice(0, MAX_REASON_LENGTH)),
  ...(answer.obligations === undefined || answer.obligations.length === 0
    ? {}
    : { obligations: [...answer.obligations] }),
  bundle,
  // A clock that jumps back must not make the record invalid.
  latency_us: Math.max(0, Math.round(latencyUs * 10) / 10),
});
