/**
 * Makes a value and everything in it read-only; a persistent collection (it has `wasAltered`) is that by nature;
 * of open-ended JSON only the surface is.
 */
export type Frozen<T> = T extends ((...args: never[]) => unknown) | { wasAltered(): boolean }
  ? T
  : T extends ReadonlyMap<infer K, infer V>
    ? ReadonlyMap<K, Frozen<V>>
    : T extends object
      ? string extends keyof T
        ? Readonly<T>
        : { readonly [K in keyof T]: Frozen<T[K]> }
      : T;

/**
 * The pure heart of a service: no clock, no randomness, no input or output. Time and ids come in with the command.
 *
 * `decide` names the one record that comes next, or nothing; whoever asks appends it and asks again until there is no
 * more. A command names the states in which it means something; elsewhere it yields nothing, so copies and latecomers
 * are harmless. A refusal is a record, never an exception. `evolve` never judges: what was recorded has happened.
 *
 * `Next` is what `decide` names, `Past` what `evolve` folds: the same facts before and after they were recorded.
 */
export interface Decider<State, Command, Next, Past = Next> {
  readonly initial: State;
  decide(command: Frozen<Command>, state: Frozen<State>): Next | undefined;
  evolve(state: Frozen<State>, record: Frozen<Past>): State;
}

/** The state after these records, oldest first. */
export const fold = <State, Command, Next, Past>(
  decider: Decider<State, Command, Next, Past>,
  records: Iterable<Past>,
  from: State = decider.initial,
): State => {
  let state = from;
  for (const record of records) state = decider.evolve(state as Frozen<State>, record as Frozen<Past>);
  return state;
};
