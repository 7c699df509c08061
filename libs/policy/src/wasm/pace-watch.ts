import type { PolicyInput } from '../policy-input.js';

/** A question above this may make a rule go through more than its author thought of. Characters. */
export const WATCHED_LENGTH = 8 * 1024;

/** An answer that takes longer is watched from then on. Microseconds. */
export const SLOW_US = 10_000;

/** Kinds of questions that are remembered. */
const MAX_KINDS = 10_000;

/**
 * Which evaluations need somebody to keep the time: keeping it costs more than most evaluations. A small question of a
 * kind (what is to be done, with which tool) that was answered quickly before needs nobody.
 */
export class PaceWatch {
  readonly #quick = new Set<string>();
  readonly #slow = new Set<string>();

  needsLimit(input: PolicyInput, length: number): boolean {
    return length > WATCHED_LENGTH || !this.#quick.has(kindOf(input));
  }

  took(input: PolicyInput, us: number): void {
    const kind = kindOf(input);
    if (us > SLOW_US) {
      this.#quick.delete(kind);
      // What was slow once stays watched; when there are too many to remember, all are.
      if (this.#slow.size < MAX_KINDS) this.#slow.add(kind);
      else this.#quick.clear();
    } else if (!this.#slow.has(kind) && this.#slow.size < MAX_KINDS && this.#quick.size < MAX_KINDS) {
      this.#quick.add(kind);
    }
  }
}

const kindOf = ({ action, tool_name = '' }: PolicyInput): string => `${action} ${tool_name}`;
