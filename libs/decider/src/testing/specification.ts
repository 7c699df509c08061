import { type Decider, type Frozen, fold } from '../decider.js';

/** What a specification reports to: vitest's `expect`, or anything that compares deeply and throws. */
export type Expect = (actual: unknown) => { toEqual(expected: unknown): void };

/** Given these records, when this command comes, then this record (or nothing) is named. */
export const specification =
  (expect: Expect) =>
  <State, Command, Next, Past>(decider: Decider<State, Command, Next, Past>, past: readonly Past[]) => ({
    when(command: Command) {
      const state = fold(decider, past);
      const next = decider.decide(command as Frozen<Command>, state as Frozen<State>);
      return {
        then: (expected: Next) => expect(next).toEqual(expected),
        thenNothing: () => expect(next).toEqual(undefined),
        next,
        state,
      };
    },
  });
