import { isDeepStrictEqual } from 'node:util';
import { deparseSync } from 'pgsql-deparser';
import { readingOf, type TableUse } from './reading.js';
import {
  isNode,
  readStatement,
  type StatementTree,
  type Syntax,
  type SyntaxNode,
  withoutLocations,
} from './syntax-tree.js';
import { isNamed, tableName } from './table-name.js';

/** A condition that the rows of a table have to fulfil, whatever a query asks for. */
export interface RowCondition {
  readonly table: string;
  /** One expression of SQL over the table's columns. */
  readonly where: string;
}

/** A condition that cannot be put into this statement; the sentence goes on after "the condition". */
export class ConditionNotApplicable extends Error {}

/**
 * The statement's text with the conditions in it. Where a table is read, a subquery that holds the condition takes its
 * place; an UPDATE or DELETE gets it as one more of its own. Nothing is put together as text: trees are, and what is
 * written from the new tree is parsed again and must be that tree.
 * @throws {ConditionNotApplicable} where it cannot be done without doubt.
 */
export function withConditions(statement: StatementTree, conditions: readonly RowCondition[]): string {
  const replaced = new Map<SyntaxNode, (node: SyntaxNode) => Syntax>();
  const { tables, isQuery } = readingOf(statement);
  if (!isQuery) throw new ConditionNotApplicable('fits only into a query');
  for (const use of tables) {
    const wheres = conditions.filter(({ table }) => isNamed(use.name, [table])).map(({ where }) => expression(where));
    if (wheres.length > 0) replace(use, wheres, replaced);
  }
  const root = rebuilt(statement.root, replaced) as SyntaxNode;
  return written(root);
}

function replace(use: TableUse, wheres: SyntaxNode[], replaced: Map<SyntaxNode, (node: SyntaxNode) => Syntax>): void {
  if (use.place === 'from') {
    replaced.set(use.node, (table) => filtered(table, wheres));
  } else if (use.place === 'target' && (use.ownerKind === 'UpdateStmt' || use.ownerKind === 'DeleteStmt')) {
    replaced.set(use.owner, (owner) => ({ ...owner, whereClause: both(owner.whereClause, isAmong(use.node, wheres)) }));
  } else throw new ConditionNotApplicable(`cannot be kept for the table ${use.name} in such a statement`);
}

/** `(SELECT * FROM schema.table WHERE …) AS alias`, in place of the table. */
const filtered = (table: SyntaxNode, wheres: SyntaxNode[]): SyntaxNode => ({
  RangeSubselect: {
    subquery: selected([{ A_Star: {} }], table, wheres),
    alias: table.alias ?? { aliasname: table.relname ?? '' },
  },
});

/** `(alias.tableoid, alias.ctid) IN (SELECT tableoid, ctid FROM schema.table WHERE …)`: the very rows, partitions included. */
function isAmong(table: SyntaxNode, wheres: SyntaxNode[]): SyntaxNode {
  const alias = isNode(table.alias) ? table.alias.aliasname : table.relname;
  const row = ['tableoid', 'ctid'].map((column) => column_([String(alias), column]));
  return {
    SubLink: {
      subLinkType: 'ANY_SUBLINK',
      testexpr: { RowExpr: { args: row, row_format: 'COERCE_IMPLICIT_CAST' } },
      subselect: selected([text('tableoid'), text('ctid')], table, wheres),
    },
  };
}

/** From the table by its full name: a common table expression of the same name must not take its place. */
function selected(columns: SyntaxNode[], table: SyntaxNode, wheres: SyntaxNode[]): SyntaxNode {
  const { alias: _alias, location: _location, ...bare } = table;
  return {
    SelectStmt: {
      targetList: columns.map((column) => ({ ResTarget: { val: { ColumnRef: { fields: [column] } } } })),
      fromClause: [{ RangeVar: withSchema(bare) }],
      whereClause: wheres.reduce((one, other) => both(one, other)),
      limitOption: 'LIMIT_OPTION_DEFAULT',
      op: 'SETOP_NONE',
    },
  };
}

const text = (sval: string): SyntaxNode => ({ String: { sval } });
const column_ = (names: string[]): SyntaxNode => ({ ColumnRef: { fields: names.map(text) } });
const both = (one: Syntax | undefined, other: SyntaxNode): SyntaxNode =>
  one === undefined ? other : { BoolExpr: { boolop: 'AND_EXPR', args: [...conjuncts(one), ...conjuncts(other)] } };

/** `a AND b` is one list in PostgreSQL's tree, and so it must be here. */
function conjuncts(syntax: Syntax): Syntax[] {
  const bool = isNode(syntax) && isNode(syntax.BoolExpr) ? syntax.BoolExpr : undefined;
  return bool?.boolop === 'AND_EXPR' && Array.isArray(bool.args) ? bool.args : [syntax];
}

const withSchema = (table: SyntaxNode): SyntaxNode => {
  if (typeof table.schemaname === 'string') return table;
  const [schema = ''] = tableName(undefined, String(table.relname)).split('.');
  return { schemaname: schema, ...table };
};

/** One expression, and nothing that goes on after it. Its own tables get their schema, for the same reason. */
function expression(where: string): SyntaxNode {
  const statement = readStatement(`SELECT 1 WHERE ${where}`);
  const { whereClause, ...rest } = statement.node;
  const bare = withoutLocations(readStatement('SELECT 1').node);
  if (statement.kind !== 'SelectStmt' || !isNode(whereClause) || !isDeepStrictEqual(withoutLocations(rest), bare)) {
    throw new ConditionNotApplicable('is not a single expression');
  }
  const { tables, queryType, refused } = readingOf(statement);
  if (queryType !== 'SELECT' || refused.length > 0) throw new ConditionNotApplicable('does more than read');
  for (const { node } of tables) Object.assign(node, withSchema(node));
  return whereClause;
}

function rebuilt(syntax: Syntax, replaced: ReadonlyMap<SyntaxNode, (node: SyntaxNode) => Syntax>): Syntax {
  if (Array.isArray(syntax)) return syntax.map((item) => rebuilt(item, replaced));
  if (!isNode(syntax)) return syntax;
  // A table in a FROM list stands in a wrapper that names its kind: the subquery takes the wrapper's place.
  const table = isNode(syntax.RangeVar) ? replaced.get(syntax.RangeVar) : undefined;
  if (table !== undefined && isNode(syntax.RangeVar)) return table(syntax.RangeVar);
  const own = replaced.get(syntax);
  const copy = Object.fromEntries(
    Object.entries(syntax).map(([field, inner]) => [field, inner === undefined ? inner : rebuilt(inner, replaced)]),
  ) as SyntaxNode;
  return own === undefined ? copy : own(copy);
}

/** @throws {ConditionNotApplicable} where the text does not say what the tree says. */
function written(root: SyntaxNode): string {
  const { version: _version, ...tree } = root;
  let statement: string;
  try {
    statement = deparseSync(tree as never);
  } catch (cause) {
    throw new ConditionNotApplicable('cannot be written into this statement', { cause });
  }
  if (!isDeepStrictEqual(withoutLocations(readStatement(statement).root), withoutLocations(root))) {
    throw new ConditionNotApplicable('cannot be written into this statement without changing its meaning');
  }
  return statement;
}
