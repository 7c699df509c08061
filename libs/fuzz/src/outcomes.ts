import type { Executed } from '@voorman/executors';
import type { Broken, Sort } from './broken.js';
import type { Failure, FuzzReport } from './report.js';

/** A failure of which no smaller input is known yet. */
export type FoundFailure = Omit<Failure, 'smallest' | 'repeats'>;

/** Failures of one name are of one kind: one example of it is made smaller. */
export const nameOf = ({ kind, code }: Broken): string => `${kind} ${code}`;

/** What came of the inputs so far. */
export class Outcomes {
  tried = 0;
  accepted = 0;
  readonly #failures = new Map<string, FoundFailure>();
  readonly #refusals = new Map<string, FuzzReport['refusals'][number]>();

  /** In the order in which they were found. */
  get failures(): readonly FoundFailure[] {
    return [...this.#failures.values()];
  }

  /** The most frequent code first. */
  get refusals(): FuzzReport['refusals'] {
    return [...this.#refusals.values()].sort((one, other) => other.times - one.times);
  }

  /** @param broken what the tool did wrong. @param index of the input, from 0. */
  take(result: Executed, broken: Broken | undefined, sort: Sort, index: number): void {
    this.tried += 1;
    if (broken !== undefined) {
      const known = this.#failures.get(nameOf(broken)) ?? { ...broken, times: 0, index, sort };
      this.#failures.set(nameOf(broken), { ...known, times: known.times + 1 });
    } else if (result.kind === 'output') {
      this.accepted += 1;
    } else {
      const { code, message } = result.fault;
      const known = this.#refusals.get(code) ?? { code, message, times: 0 };
      this.#refusals.set(code, { ...known, times: known.times + 1 });
    }
  }
}
