import type { PolicyInput } from '../policy-input.js';

/** A question above this may make a rule go through more than its author thought of. Characters. */
export const WATCHED_LENGTH = 8 * 1024;

/** An answer that takes longer is watched for a while. Microseconds. */
export const SLOW_US = 10_000;

/** So many quick answers in a row make up for a slow one, for a busy machine makes every answer slow now and then. */
const TRUST_AFTER = 8;

/** Kinds of questions that are remembered; those beyond are always watched. */
const MAX_KINDS = 10_000;

/**
 * Which evaluations need somebody to keep the time: keeping it costs more than most evaluations. A small question of a
 * kind (what is to be done, with which tool) that was answered quickly before needs nobody.
 */
export class PaceWatch {
  /** By kind: how many quick answers are still missing; 0: none. */
  readonly #missing = new Map<string, number>();

  needsLimit(input: PolicyInput, length: number): boolean {
    return length > WATCHED_LENGTH || this.#missing.get(kindOf(input)) !== 0;
  }

  took(input: PolicyInput, us: number): void {
    const kind = kindOf(input);
    const missing = this.#missing.get(kind);
    if (missing === 0 && us <= SLOW_US) return;
    if (missing === undefined && this.#missing.size >= MAX_KINDS) return;
    this.#missing.set(kind, us > SLOW_US ? TRUST_AFTER : Math.max(0, (missing ?? 1) - 1));
  }
}

const kindOf = ({ action, tool_name = '' }: PolicyInput): string => `${action} ${tool_name}`;
