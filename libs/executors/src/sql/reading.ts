import { isNode, namesIn, type StatementTree, type Syntax, type SyntaxNode } from './syntax-tree.js';
import { tableName } from './table-name.js';

/** A table where it stands in a statement. */
export interface TableUse {
  readonly name: string;
  /** Its `RangeVar`. */
  readonly node: SyntaxNode;
  /** `from`: read like any other; `target`: what a writing statement writes; `sample` and `other`: anything else. */
  readonly place: 'from' | 'target' | 'sample' | 'other';
  /** The statement whose target it is. */
  readonly owner: SyntaxNode;
  readonly ownerKind: string;
}

/** What a statement does, read off its parse tree and nothing else. */
export interface Reading {
  /** SELECT, INSERT, UPDATE, DELETE; OTHER for anything else and for a mixture of writes. */
  readonly queryType: string;
  /** Whether it queries or changes rows, mixtures and MERGE included: then its tables are all that it touches. */
  readonly isQuery: boolean;
  readonly tables: readonly TableUse[];
  /** Each as it is called, with its schema where one is given. */
  readonly functions: readonly string[];
  /** What no tool may do, whatever policy says; in words that go on after "the statement". */
  readonly refused: readonly string[];
}

const WRITES: Readonly<Record<string, string>> = {
  MergeStmt: 'OTHER',
  InsertStmt: 'INSERT',
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
};

/** Read no further: what they hold is text, belongs to the session, or moves files. */
const NEVER: Readonly<Record<string, string>> = {
  DoStmt: 'runs a block of code',
  CopyStmt: 'copies to or from a file or program',
  TransactionStmt: 'begins or ends a transaction',
  VariableSetStmt: 'changes a setting',
  PrepareStmt: 'prepares another statement',
  ExecuteStmt: 'executes a prepared statement',
  DeallocateStmt: 'drops a prepared statement',
  DeclareCursorStmt: 'declares a cursor',
  FetchStmt: 'reads a cursor',
  ClosePortalStmt: 'closes a cursor',
  ListenStmt: 'listens',
  UnlistenStmt: 'listens',
  NotifyStmt: 'notifies others',
  LoadStmt: 'loads a library',
  DiscardStmt: 'discards the session',
};

/** Reads a statement: common table expressions, subqueries and everything else that it holds included. */
export function readingOf(statement: StatementTree): Reading {
  const reader = new Reader();
  reader.visit(statement.kind, statement.node, new Set());
  const { explained } = reader;
  const kind = explained ?? statement.kind;
  const isQuery = kind === 'SelectStmt' || kind in WRITES;
  const [write, ...more] = [...reader.writes];
  return {
    queryType: !isQuery || more.length > 0 ? 'OTHER' : (write ?? 'SELECT'),
    isQuery,
    tables: reader.tables,
    functions: [...reader.functions],
    refused: [...reader.refused],
  };
}

type Scope = ReadonlySet<string>;

class Reader {
  readonly tables: TableUse[] = [];
  readonly functions = new Set<string>();
  readonly writes = new Set<string>();
  readonly refused = new Set<string>();
  explained: string | undefined;
  #owner: { kind: string; node: SyntaxNode } = { kind: '', node: {} };

  /** A node whose kind is known. @param scope names of common table expressions that are visible here. */
  visit(kind: string, node: SyntaxNode, scope: Scope): void {
    const never = NEVER[kind];
    if (never !== undefined) this.refused.add(never);
    if (kind === 'ExplainStmt') this.#explains(node);
    if (kind === 'FuncCall') this.functions.add(namesIn(node.funcname).join('.'));
    if (kind === 'A_Expr' || kind === 'SortBy' || kind === 'SubLink') this.#operator(node);
    if (kind === 'RangeTableSample') this.#sample(node, scope);
    else if (kind === 'RangeVar') this.#table(node, scope, 'from');
    else this.#inside(kind, node, scope);
  }

  #inside(kind: string, node: SyntaxNode, scope: Scope): void {
    const isStatement = kind.endsWith('Stmt');
    const owner = this.#owner;
    if (isStatement) {
      this.#owner = { kind, node };
      this.#writes(kind, node);
    }
    this.#fields(node, isNode(node.withClause) ? this.#expressions(node.withClause, scope) : scope);
    this.#owner = owner;
  }

  #writes(kind: string, node: SyntaxNode): void {
    const write = WRITES[kind];
    if (write !== undefined) this.writes.add(write);
    if (kind === 'InsertStmt' && isNode(node.onConflictClause) && isUpdate(node.onConflictClause))
      this.writes.add('UPDATE');
    // A locked row needs the right to update it, and makes others wait.
    if (kind === 'SelectStmt' && node.lockingClause !== undefined) this.writes.add('UPDATE');
    if (kind === 'SelectStmt' && node.intoClause !== undefined) this.refused.add('creates a table');
  }

  #explains(node: SyntaxNode): void {
    const [inner] = Object.keys(isNode(node.query) ? node.query : {});
    this.explained = inner ?? 'ExplainStmt';
  }

  #operator(node: SyntaxNode): void {
    for (const names of [node.name, node.useOp, node.operName]) {
      const schema = namesIn(names).slice(0, -1);
      if (schema.length > 0 && schema.join('.') !== 'pg_catalog') this.refused.add('uses an operator of a schema');
    }
  }

  /** What becomes visible: with RECURSIVE all of them to each other, otherwise each to those after it. */
  #expressions(clause: SyntaxNode, scope: Scope): Scope {
    const expressions = (Array.isArray(clause.ctes) ? clause.ctes : []).flatMap((item) =>
      isNode(item) && isNode(item.CommonTableExpr) ? [item.CommonTableExpr] : [],
    );
    let visible = new Set(scope);
    if (clause.recursive === true) visible = new Set([...scope, ...expressions.map(({ ctename }) => String(ctename))]);
    for (const expression of expressions) {
      this.#fields(expression, visible);
      visible = new Set(visible).add(String(expression.ctename));
    }
    return visible;
  }

  #fields(node: SyntaxNode, scope: Scope): void {
    for (const [field, inner] of Object.entries(node)) {
      if (field === 'withClause' || inner === undefined) continue;
      // Some nodes stand bare, without their kind: a table is known by its name, and is then what is written.
      if (isNode(inner) && typeof inner.relname === 'string') this.#table(inner, scope, this.#placeOf(field));
      else this.#any(inner, scope);
    }
  }

  #any(syntax: Syntax, scope: Scope): void {
    if (Array.isArray(syntax)) for (const item of syntax) this.#any(item, scope);
    if (!isNode(syntax)) return;
    const entries = Object.entries(syntax);
    const [kind, inner] = entries[0] ?? [];
    if (entries.length === 1 && kind !== undefined && /^[A-Z]/.test(kind) && isNode(inner))
      this.visit(kind, inner, scope);
    else this.visit(bareKind(syntax), syntax, scope);
  }

  #placeOf(field: string): TableUse['place'] {
    return field === 'relation' && this.#owner.kind in WRITES ? 'target' : 'other';
  }

  #sample(node: SyntaxNode, scope: Scope): void {
    const { relation, method, ...rest } = node;
    if (!['system', 'bernoulli'].includes(namesIn(method).join('.')))
      this.refused.add('samples by a method of its own');
    if (isNode(relation) && isNode(relation.RangeVar)) this.#table(relation.RangeVar, scope, 'sample');
    else if (relation !== undefined) this.#any(relation, scope);
    this.#fields(rest, scope);
  }

  #table(node: SyntaxNode, scope: Scope, place: TableUse['place']): void {
    if (typeof node.catalogname === 'string') this.refused.add('names another database');
    const schema = typeof node.schemaname === 'string' ? node.schemaname : undefined;
    const table = String(node.relname);
    // Only where it is read: what is written is a table, whatever expressions are called.
    if (schema === undefined && scope.has(table) && place === 'from') return;
    const { kind, node: owner } = this.#owner;
    this.tables.push({ name: tableName(schema, table), node, place, owner, ownerKind: kind });
  }
}

const isUpdate = (clause: SyntaxNode): boolean => clause.action === 'ONCONFLICT_UPDATE';

/** The kind of a node that stands without it: either half of a set operation, the function that CALL calls. */
function bareKind(node: SyntaxNode): string {
  if ('limitOption' in node && 'op' in node) return 'SelectStmt';
  return 'funcname' in node ? 'FuncCall' : '';
}
