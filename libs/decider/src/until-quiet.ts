import { type Decider, type Frozen, fold } from './decider.js';

/** A boundary's folded state, and the position of the last of its records that is in it (0: none). */
export interface Snapshot<State> {
  readonly state: State;
  readonly position: number;
}

/** The log as a decision sees it: one boundary. */
export interface BoundaryLog<Next, Past> {
  /** The records of the boundary after `position`, oldest first, up to its present end. */
  readAfter(position: number): Promise<readonly (Past & { readonly position: number })[]>;
  /** The position of the boundary's last record, from the leader; 0 where there is none. */
  lastPosition(): Promise<number>;
  /**
   * Appends under the condition "nothing in the boundary after `after`".
   * Resolves to `conflict` with the boundary's last position when someone moved first.
   * `gap` is true where the log could not see all that was in flight: records of the boundary may lie between `after`
   * and this one.
   */
  append(
    next: Next,
    after: number,
  ): Promise<
    | { readonly kind: 'appended'; readonly record: Past & { readonly position: number }; readonly gap?: boolean }
    | { readonly kind: 'conflict'; readonly last: number }
  >;
}

/** What is to be decided, on which boundary, and what is already known of it. */
export interface Question<State, Command, Next, Past> {
  readonly decider: Decider<State, Command, Next, Past>;
  readonly log: BoundaryLog<Next, Past>;
  /** The command for a state; also why a command may depend on what the state already says. */
  readonly command: (state: State) => Command;
  /** What is remembered of the boundary. A guess: the append's condition, or a look at the leader, proves it. */
  readonly cached?: Snapshot<State>;
  /**
   * Where nothing is remembered: begin with the guess that nothing is recorded, which the condition proves or refutes,
   * instead of reading. For boundaries that are new more often than not: a refuted guess costs more than a read.
   */
  readonly expectsEmpty?: boolean;
  /**
   * The waking record's position where it belongs to the boundary itself. Then the condition alone proves nothing about
   * what lies between the cached position and the waking record, so everything up to it is read first.
   */
  readonly wokenAt?: number;
  /**
   * The waking record itself, where it is known that nothing to which the decider gives heed lies between the remembered
   * position and it: then it is folded, and nothing is read. Given without a remembered state it means nothing.
   */
  readonly news?: Past & { readonly position: number };
  /** How often another's move is caught up with before giving the wake-up back. Default 100. */
  readonly maxConflicts?: number;
}

/** The boundary as it is once nothing more follows. */
export interface Answer<State, Past> extends Snapshot<State> {
  /** What was appended, in order. */
  readonly appended: readonly Past[];
}

/** The boundary kept moving under every decision; the wake-up must come again later. */
export class RestlessBoundaryError extends Error {
  readonly code = 'decider/restless-boundary';
  readonly retryable = true;
  constructor(conflicts: number) {
    super(`The boundary moved ${conflicts} times while one decision was made.`);
  }
}

/**
 * Decides until quiet: names the next record, appends it under the boundary's condition, folds it, asks again, until the
 * decider has nothing more to say. A crash anywhere in between leaves a valid state, and the next wake-up continues.
 *
 * A wake-up that led to no append has proved nothing about the cache: the last position is read from the leader and
 * compared first, or two replicas that each saw one of two results would both go on waiting for the other.
 *
 * Pure in itself: all input and output goes through `question.log`, so the simulation runs this very loop.
 * @throws {RestlessBoundaryError} after `maxConflicts`; and whatever `question.log` throws.
 */
export async function decideUntilQuiet<State, Command, Next, Past>(
  question: Question<State, Command, Next, Past>,
): Promise<Answer<State, Past>> {
  const { decider, log, command, cached, expectsEmpty = false, wokenAt = 0, news, maxConflicts = 100 } = question;
  let current: Snapshot<State> = cached ?? { state: decider.initial, position: 0 };
  let proved = false;
  let conflicts = 0;
  const appended: Past[] = [];

  if (cached !== undefined && news !== undefined && current.position < news.position) {
    current = { state: fold(decider, [news], current.state), position: news.position };
  }
  if (current.position < wokenAt) current = await catchUp(decider, log, current, wokenAt);
  else if (cached === undefined && !expectsEmpty) current = await readOn(decider, log, current);

  for (;;) {
    const next = decider.decide(command(current.state) as Frozen<Command>, current.state as Frozen<State>);
    if (next === undefined) {
      if (proved) return { ...current, appended };
      const last = await log.lastPosition();
      if (last <= current.position) return { ...current, appended };
      current = await catchUp(decider, log, current, last);
      proved = true;
      continue;
    }
    const result = await log.append(next, current.position);
    if (result.kind === 'conflict') {
      conflicts += 1;
      if (conflicts > maxConflicts) throw new RestlessBoundaryError(conflicts);
      current = await catchUp(decider, log, current, result.last);
      continue;
    }
    // A fact that slipped in before our record would otherwise be missing from this state for ever.
    current = result.gap
      ? await catchUp(decider, log, current, result.record.position)
      : { state: fold(decider, [result.record], current.state), position: result.record.position };
    appended.push(result.record);
    proved = true;
  }
}

/** Reads until the boundary's records up to `until` are in the state: a replica may answer before it has them. */
async function catchUp<State, Command, Next, Past>(
  decider: Decider<State, Command, Next, Past>,
  log: BoundaryLog<Next, Past>,
  from: Snapshot<State>,
  until: number,
): Promise<Snapshot<State>> {
  let current = from;
  while (current.position < until) current = await readOn(decider, log, current);
  return current;
}

/** Reads once, up to the end of the boundary as whoever answers knows it. */
async function readOn<State, Command, Next, Past>(
  decider: Decider<State, Command, Next, Past>,
  log: BoundaryLog<Next, Past>,
  from: Snapshot<State>,
): Promise<Snapshot<State>> {
  const records = await log.readAfter(from.position);
  return { state: fold(decider, records, from.state), position: records.at(-1)?.position ?? from.position };
}
