import type { Fault } from '@voorman/envelope';
import type { Executed } from '../executor.js';
import { failed, unknown } from '../tool-answer.js';
import { connectionLost, stopped, timedOut, unreachable } from '../tool-faults.js';
import type { Databases, Session } from './databases.js';
import { type Rows, readRows } from './rows.js';
import type { SqlManifest } from './sql-call.js';
import { rowTooLarge, statementFailed } from './sql-faults.js';

export interface Statement {
  readonly tool: SqlManifest;
  readonly address: string;
  readonly text: string;
  readonly values: readonly unknown[];
  readonly maxRows: number;
  /** Whether the server is to see to it that nothing is written. */
  readonly isReading: boolean;
  readonly signal: AbortSignal;
  readonly report: (fault: unknown) => void;
}

/** More than this besides the cap cannot come of small lots of rows: a single one is too large. */
const SLACK_BYTES = 32 * 2 ** 20;

/**
 * One statement in one transaction of its own. What failed before COMMIT was sent did not happen; what was cut off after
 * it may have. Times are the server's, and ours where the server does not keep them.
 */
export async function runStatement(databases: Databases, statement: Statement): Promise<Executed> {
  const { tool } = statement;
  const deadline = AbortSignal.timeout(tool.timeout_ms);
  const signal = AbortSignal.any([statement.signal, deadline]);
  let session: Session;
  try {
    session = await unlessAborted(databases.connect(tool.name, statement.address, tool.access === 'read'), signal);
  } catch (fault) {
    statement.report(fault);
    if (statement.signal.aborted) return failed(stopped(tool.name), 0, false);
    return failed(deadline.aborted ? timedOut(tool.name, tool.timeout_ms) : unreachable(tool.name), 0, true);
  }
  return new Transaction(statement, session, signal).run();
}

class Transaction {
  #isCommitting = false;
  #isTooLarge = false;

  constructor(
    private readonly statement: Statement,
    private readonly session: Session,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<Executed> {
    const { tool } = this.statement;
    const cancel = () => void this.session.cancel();
    this.signal.addEventListener('abort', cancel, { once: true });
    const unwatch = this.session.watch(2 * tool.max_bytes + SLACK_BYTES, () => {
      this.#isTooLarge = true;
      this.session.cut();
    });
    let isClean = false;
    try {
      const executed = await this.#attempt();
      isClean = true;
      return executed;
    } catch (fault) {
      this.statement.report(shown(fault));
      isClean = !this.#isCommitting && stateOf(fault) !== undefined && (await this.#rolledBack());
      return this.#fault(fault);
    } finally {
      unwatch();
      this.signal.removeEventListener('abort', cancel);
      // A cancellation that was sent may arrive late, and must not hit the next call.
      this.session.release(isClean && !this.signal.aborted);
    }
  }

  async #attempt(): Promise<Executed> {
    const { tool, text, values, maxRows, isReading } = this.statement;
    const { client } = this.session;
    await client.query(opening(tool, isReading));
    const rows = await readRows(client, text, values, { maxRows, maxBytes: tool.max_bytes });
    // Nothing is read after this: until it is sent, nothing has happened.
    this.signal.throwIfAborted();
    this.#isCommitting = !isReading;
    await client.query('COMMIT');
    return answer(rows);
  }

  async #rolledBack(): Promise<boolean> {
    try {
      await this.session.client.query('ROLLBACK');
      return true;
    } catch {
      // The server forgets a transaction whose connection is cut, which release() does then.
      return false;
    }
  }

  #fault(fault: unknown): Executed {
    const { tool, signal } = this.statement;
    const state = stateOf(fault);
    if (this.#isCommitting && (state === undefined || LOST.test(state))) return unknown(connectionLost(tool.name), 0);
    if (this.#isTooLarge) return failed(rowTooLarge(tool.name), 0, false);
    if (signal.aborted) return failed(stopped(tool.name), 0, false);
    if (this.signal.aborted || state === CANCELLED) return failed(timedOut(tool.name, tool.timeout_ms), 0, true);
    if (state === undefined || LOST.test(state)) return failed(connectionLost(tool.name), 0, true);
    return failed(told(tool.name, state, fault), 0, RETRYABLE.test(state));
  }
}

const CANCELLED = '57014';
/** The server goes away, or the connection did. */
const LOST = /^(?:08|57P)/;
/** Conflicts of transactions, missing resources, locks that others hold. */
const RETRYABLE = /^(?:40|53|55P03)/;

const told = (tool: string, state: string, fault: unknown): Fault =>
  statementFailed(tool, state, isAboutText(fault, state) ? wordsOf(fault) : withoutValues(wordsOf(fault)));

const wordsOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));

/** Rights, constraints and resources: PostgreSQL quotes names in these, never what a row holds. Of its limits it does. */
const OF_NAMES = /^(?:23|25|40|42501|53|55)/;

/**
 * Whether PostgreSQL speaks of the statement's own text: it says where in it. What it met only in a row stands nowhere in
 * the statement, and would lead past all that is taken out of results: `SELECT email::int`.
 */
const isAboutText = (fault: unknown, state: string): boolean =>
  OF_NAMES.test(state) || (typeof fault === 'object' && fault !== null && 'position' in fault && !!fault.position);

/** From the first quote to the last: a value may hold quotes itself. A number stands without any: `chr(salary)`. */
const withoutValues = (words: string): string => words.replace(/".*"/su, '"…"').replaceAll(/\d+/g, '…');

/** What the operator hears of it: PostgreSQL's detail and hint stay here, for they quote rows. */
const shown = (fault: unknown): unknown =>
  stateOf(fault) === undefined ? fault : { code: stateOf(fault), message: (fault as Error).message };

/** PostgreSQL's code for what went wrong; undefined where it was not PostgreSQL that spoke. */
function stateOf(fault: unknown): string | undefined {
  const code = typeof fault === 'object' && fault !== null && 'code' in fault ? fault.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in (fault as object) ? code : undefined;
}

/**
 * What the statement can rely on, and what it was read under: the same rules for quotes as the parser's, one search path,
 * a time zone that gives times their form.
 */
function opening(tool: SqlManifest, isReading: boolean): string {
  const ms = tool.timeout_ms;
  return [
    `BEGIN TRANSACTION ${isReading ? 'READ ONLY' : 'READ WRITE'}`,
    `SET LOCAL statement_timeout = ${ms}`,
    `SET LOCAL lock_timeout = ${ms}`,
    `SET LOCAL idle_in_transaction_session_timeout = ${ms + SETTLING_MS}`,
    'SET LOCAL standard_conforming_strings = on',
    'SET LOCAL search_path = pg_catalog, public, pg_temp',
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL IntervalStyle = 'iso_8601'",
    "SET LOCAL bytea_output = 'hex'",
    'SET LOCAL extra_float_digits = 1',
  ].join('; ');
}

/** A gateway that dies in the middle leaves no transaction open for longer. */
const SETTLING_MS = 5_000;

const answer = ({ rows, changed, note }: Rows): Executed => ({
  kind: 'output',
  output: { rows, row_count: changed ?? rows.length, truncated: note !== undefined },
  ...(note === undefined ? {} : { note }),
  durationMs: 0,
  retryable: false,
});

/** Rejects at once when the signal says so; what comes later is given back. */
async function unlessAborted(connecting: Promise<Session>, signal: AbortSignal): Promise<Session> {
  let abandon: () => void = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abandon = () => reject(signal.reason);
    signal.addEventListener('abort', abandon, { once: true });
  });
  try {
    return await Promise.race([connecting, aborted]);
  } catch (fault) {
    connecting.then(
      (session) => session.release(true),
      () => {},
    );
    throw fault;
  } finally {
    signal.removeEventListener('abort', abandon);
  }
}
