import type { Fault } from '@voorman/envelope';

// Why a statement is not run, or gave nothing, in words that may leave the process.

/** @param why goes on after "the statement". */
export const unreadable = (tool: string, why: string): Fault => ({
  code: 'sql/unreadable',
  message: `${tool} cannot run this: the statement ${why}.`,
  next: 'Give one statement in the words of PostgreSQL, with $1, $2, … for its values.',
});

/** @param why goes on after "the statement". */
export const refused = (tool: string, why: string): Fault => ({
  code: 'sql/refused',
  message: `${tool} does not run this: the statement ${why}.`,
  next: 'Ask for the rows themselves, in one statement that queries or changes tables.',
});

export const readOnly = (tool: string, queryType: string): Fault => ({
  code: 'sql/read-only',
  message: `${tool} only reads, and the statement is ${queryType === 'OTHER' ? 'no plain query' : `one to ${queryType}`}.`,
  next: 'Ask with SELECT, or use a tool that may write.',
});

export const tablesNotAllowed = (tool: string, tables: readonly string[]): Fault => ({
  code: 'sql/table-not-allowed',
  message: `${tool} may not touch ${tables.slice(0, 10).join(', ')}.`,
  next: 'Keep to the tables that the tool’s manifest lists.',
});

export const functionsNotAllowed = (tool: string, functions: readonly string[]): Fault => ({
  code: 'sql/function-not-allowed',
  message: `${tool} does not call ${functions.slice(0, 10).join(', ')}: it is not known to compute only.`,
  next: 'Do without it; whoever owns the tool may list it under functions in its manifest.',
});

/** @param why goes on after "a condition that policy asks for". */
export const conditionNotKept = (tool: string, why: string): Fault => ({
  code: 'sql/condition-not-kept',
  message: `${tool} does not run this: a condition that policy asks for ${why}.`,
  next: 'Ask in a simpler statement, or without that table.',
});

export const badParameters = (tool: string, what: string): Fault => ({
  code: 'arguments/invalid',
  message: `The arguments of ${tool} ${what}.`,
  next: 'Correct the argument, or finish without this tool.',
});

/** @param words what PostgreSQL says; its detail and its context stay here, for they may hold rows. */
export const statementFailed = (tool: string, state: string, words: string): Fault => ({
  code: 'sql/failed',
  message: `${tool} could not run the statement: ${words.slice(0, 500)} (${state}).`,
  next: 'Correct the statement or its values, or finish without this tool.',
});

export const rowTooLarge = (tool: string): Fault => ({
  code: 'sql/too-large',
  message: `${tool} was given a single row that is too large to be read.`,
  next: 'Ask for fewer or shorter columns.',
});
