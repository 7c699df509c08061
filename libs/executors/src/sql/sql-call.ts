import type { Fault, JsonObject } from '@voorman/envelope';
import type { LoadedToolOf } from '@voorman/registry';
import { unknownFunctions } from './known-functions.js';
import { type Reading, readingOf } from './reading.js';
import { badParameters, functionsNotAllowed, readOnly, refused, tablesNotAllowed, unreadable } from './sql-faults.js';
import { readStatement, type StatementTree, UnreadableStatement } from './syntax-tree.js';
import { isNamed } from './table-name.js';
import { boundValue } from './values.js';

/** A tool that queries PostgreSQL, as its signed manifest has it. */
export type SqlManifest = LoadedToolOf<'sql'>;

/** A call that the manifest allows, ready to be judged by policy and run. */
export interface Checked {
  readonly text: string;
  readonly statement: StatementTree;
  readonly reading: Reading;
  /** For $1, $2, … */
  readonly values: readonly unknown[];
}

/** The statement of a call, read and held against the manifest. The grammar has to be loaded. */
export function checkCall(tool: SqlManifest, args: JsonObject): Checked | { readonly fault: Fault } {
  const text = tool.statement ?? args.sql;
  if (typeof text !== 'string') return { fault: badParameters(tool.name, 'hold no statement under sql') };
  const values = valuesOf(tool, args);
  if (values === undefined) return { fault: badParameters(tool.name, 'hold no list under params') };
  let statement: StatementTree;
  let reading: Reading;
  try {
    statement = readStatement(text);
    reading = readingOf(statement);
  } catch (fault) {
    if (fault instanceof UnreadableStatement) return { fault: unreadable(tool.name, fault.message) };
    // What the parser still read may nest deeper than whoever goes through its tree.
    if (fault instanceof RangeError) return { fault: unreadable(tool.name, 'nests too deep') };
    throw fault;
  }
  const fault = objection(tool, reading);
  return fault === undefined ? { text, statement, reading, values } : { fault };
}

function valuesOf(tool: SqlManifest, args: JsonObject): readonly unknown[] | undefined {
  if (tool.statement !== undefined) return tool.parameters.map((name) => boundValue(args[name]));
  const { params = [] } = args;
  return Array.isArray(params) ? params.map(boundValue) : undefined;
}

function objection(tool: SqlManifest, reading: Reading): Fault | undefined {
  const [why] = reading.refused;
  if (why !== undefined) return refused(tool.name, why);
  if (tool.access === 'read' && reading.queryType !== 'SELECT') return readOnly(tool.name, reading.queryType);
  // A command such as CALL or TRUNCATE runs only where the manifest itself holds it, and so somebody signed it.
  if (!reading.isQuery && tool.statement === undefined) return refused(tool.name, 'neither queries nor changes rows');
  const functions = unknownFunctions(reading.functions, tool.functions);
  if (functions.length > 0) return functionsNotAllowed(tool.name, functions);
  const { tables } = tool;
  const others = tables === undefined ? [] : reading.tables.filter(({ name }) => !isNamed(name, tables));
  return others.length === 0 ? undefined : tablesNotAllowed(tool.name, [...new Set(others.map(({ name }) => name))]);
}
