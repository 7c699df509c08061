import type { Fault, JsonObject } from '@voorman/envelope';
import type { Executed, Execution, ExecutorOf, Meaning } from '../executor.js';
import { isSecretError, type SecretStore, SecretUnavailableError } from '../secrets/secret-store.js';
import { failed } from '../tool-answer.js';
import { notBegun } from '../tool-faults.js';
import { Databases } from './databases.js';
import { unknownFunctions } from './known-functions.js';
import { ConditionNotApplicable, withConditions } from './row-conditions.js';
import { type Checked, checkCall, type SqlManifest } from './sql-call.js';
import { conditionNotKept, refused } from './sql-faults.js';
import { loadGrammar } from './syntax-tree.js';
import { runStatement } from './transaction.js';

/** What a gateway gives to whoever queries its databases. */
export interface SqlExecutorOptions {
  /** Where connection strings come from. Default: there are none, and every call is at fault. */
  readonly secrets?: SecretStore;
  /** Hears, for the operator, what a fault leaves out. Default: nobody. */
  readonly report?: (tool: string, fault: unknown) => void;
}

/** Queries PostgreSQL: one statement, read by PostgreSQL's own grammar before it is sent, its values as parameters. */
export class SqlExecutor implements ExecutorOf<SqlManifest> {
  readonly #databases: Databases;

  constructor(private readonly options: SqlExecutorOptions = {}) {
    this.#databases = new Databases((fault) => options.report?.('sql', fault));
  }

  /** What kind of statement it is, and every table that it touches. */
  async meaning(tool: SqlManifest, args: JsonObject): Promise<Meaning | { readonly fault: Fault }> {
    const checked = await this.#check(tool, args);
    if ('fault' in checked) return checked;
    return { query_type: checked.reading.queryType, tables: tablesOf(checked) };
  }

  async execute(tool: SqlManifest, execution: Execution): Promise<Executed> {
    const began = performance.now();
    const took = () => performance.now() - began;
    if (execution.signal.aborted) return failed(notBegun(tool.name), 0, false);
    if (execution.limits?.draftOnly === true) return failed(refused(tool.name, 'cannot be kept as a draft'), 0, false);
    const checked = await this.#check(tool, execution.arguments);
    if ('fault' in checked) return failed(checked.fault, took(), false);
    const text = this.#limited(tool, checked, execution);
    if (typeof text !== 'string') return failed(text.fault, took(), false);
    const address = await this.#address(tool);
    if (typeof address !== 'string') return failed(address.fault, took(), address.retryable);
    const outcome = await runStatement(this.#databases, {
      tool,
      address,
      text,
      values: checked.values,
      isReading: tool.access === 'read' || onlyReads(checked),
      maxRows: Math.min(tool.max_rows, execution.limits?.maxRows ?? tool.max_rows),
      signal: execution.signal,
      report: (fault) => this.options.report?.(tool.name, fault),
    });
    return { ...outcome, durationMs: took() };
  }

  stop(): Promise<void> {
    return this.#databases.stop();
  }

  async #check(tool: SqlManifest, args: JsonObject): Promise<Checked | { readonly fault: Fault }> {
    await loadGrammar();
    return checkCall(tool, args);
  }

  /** The statement with what policy's obligations put into it. */
  #limited(tool: SqlManifest, checked: Checked, { limits }: Execution): string | { readonly fault: Fault } {
    const conditions = limits?.conditions ?? [];
    if (conditions.length === 0) return checked.text;
    try {
      return withConditions(checked.statement, conditions);
    } catch (fault) {
      this.options.report?.(tool.name, fault);
      const why = fault instanceof ConditionNotApplicable ? fault.message : 'cannot be read';
      return { fault: conditionNotKept(tool.name, why) };
    }
  }

  async #address(tool: SqlManifest): Promise<string | { readonly fault: Fault; readonly retryable: boolean }> {
    try {
      if (this.options.secrets === undefined) throw new SecretUnavailableError('this gateway has no secrets', false);
      return await this.options.secrets.read(tool.connection);
    } catch (fault) {
      if (!isSecretError(fault)) throw fault;
      this.options.report?.(tool.name, fault);
      return { fault: fault.toPublic(), retryable: fault.retryable };
    }
  }
}

/**
 * A query that calls nothing but what only computes, as far as its text shows. Views, columns, operators and types may run
 * code behind their names: policy was asked about a SELECT, so the server holds it to reading, whatever the tool may do.
 */
const onlyReads = ({ reading }: Checked): boolean =>
  reading.queryType === 'SELECT' && unknownFunctions(reading.functions, []).length === 0;

const tablesOf = ({ reading }: Checked): string[] => [...new Set(reading.tables.map(({ name }) => name))].sort();
