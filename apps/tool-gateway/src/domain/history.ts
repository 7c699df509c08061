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

export const noHistory: History = { tools: OrderedSet(), dataClasses: OrderedSet(), denials: 0 };

export const called = (history: History, tool: string): History =>
  history.tools.has(tool) ? history : { ...history, tools: history.tools.add(tool) };

export const read = (history: History, classes: readonly string[]): History =>
  classes.every((each) => history.dataClasses.has(each))
    ? history
    : { ...history, dataClasses: history.dataClasses.union(classes) };

export const denied = (history: History): History => ({ ...history, denials: history.denials + 1 });
