import { OrderedSet } from 'immutable';

/** A session's past as policy sees it. */
export interface History {
  /** Tools that were called. */
  readonly tools: OrderedSet<string>;
  /** Kinds of data that were read. */
  readonly dataClasses: OrderedSet<string>;
  /** Calls that policy refused. */
  readonly denials: number;
}

/** Of a session in which nothing was called yet. */
export const noHistory: History = { tools: OrderedSet(), dataClasses: OrderedSet(), denials: 0 };

/** The history once this tool has run. */
export const called = (history: History, tool: string): History =>
  history.tools.has(tool) ? history : { ...history, tools: history.tools.add(tool) };

/** The history once data of these classes was read. */
export const read = (history: History, classes: readonly string[]): History =>
  classes.every((each) => history.dataClasses.has(each))
    ? history
    : { ...history, dataClasses: history.dataClasses.union(classes) };

/** The history once policy refused a call. */
export const denied = (history: History): History => ({ ...history, denials: history.denials + 1 });
