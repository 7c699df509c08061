import { loadModule, parseSync } from 'libpg-query';

/** A node of PostgreSQL's own parse tree: fields by name, or a kind of node and its fields. */
export interface SyntaxNode {
  [field: string]: Syntax | undefined;
}
export type Syntax = string | number | boolean | null | SyntaxNode | Syntax[];

/** One statement, as PostgreSQL 18 reads it. */
export interface StatementTree {
  /** Such as `SelectStmt`. */
  readonly kind: string;
  readonly node: SyntaxNode;
  /** The whole of what the parser gave, which holds `node`. */
  readonly root: SyntaxNode;
}

/** Why a text is no single statement, in words that may leave the process. */
export class UnreadableStatement extends Error {}

/** As long as a statement may be. Characters. */
const MAX_STATEMENT = 65_536;

/** Comments that may begin in it. The parser reads the rest of a run of beginnings again at each of them. */
const MAX_COMMENTS = 200;

/** Has to be called once before a statement is read. */
export const loadGrammar = (): Promise<void> => loadModule();

/** @throws {UnreadableStatement} for what is not exactly one statement of PostgreSQL's grammar. */
export function readStatement(text: string): StatementTree {
  if (text.length > MAX_STATEMENT) throw new UnreadableStatement(`has more than ${MAX_STATEMENT} characters`);
  // The parser ends at a NUL, and takes half a character for another: it would judge a text that is not sent.
  if (text.includes('\0') || !text.isWellFormed()) throw new UnreadableStatement('holds characters that are no text');
  if (text.split('/*', MAX_COMMENTS + 2).length > MAX_COMMENTS + 1) {
    throw new UnreadableStatement(`has more than ${MAX_COMMENTS} comments`);
  }
  const root = parsed(text);
  const statements = root.stmts;
  if (!Array.isArray(statements) || statements.length === 0) throw new UnreadableStatement('holds no statement');
  if (statements.length > 1) throw new UnreadableStatement('holds several statements');
  const [entry] = Object.entries(((statements[0] as SyntaxNode).stmt ?? {}) as SyntaxNode);
  if (entry === undefined) throw new UnreadableStatement('holds no statement');
  return { kind: entry[0], node: entry[1] as SyntaxNode, root };
}

function parsed(text: string): SyntaxNode {
  try {
    return parseSync(text) as unknown as SyntaxNode;
  } catch (cause) {
    // The parser's own stack, or JSON's, was not deep enough.
    if (cause instanceof RangeError) throw new UnreadableStatement('nests too deep', { cause });
    throw new UnreadableStatement(
      `is not SQL that PostgreSQL reads (${String((cause as Error).message).slice(0, 200)})`,
      {
        cause,
      },
    );
  }
}

export const isNode = (syntax: Syntax | undefined): syntax is SyntaxNode =>
  typeof syntax === 'object' && syntax !== null && !Array.isArray(syntax);

/** The text of each `String` in a list, as names are kept: `pg_catalog.lower` is two of them. */
export const namesIn = (list: Syntax | undefined): string[] =>
  (Array.isArray(list) ? list : []).map((item) => {
    const name = isNode(item) && isNode(item.String) ? item.String.sval : undefined;
    return typeof name === 'string' ? name : '';
  });

/** Every node, parents first; positions in the text are left out, so that two trees can be compared. */
export function withoutLocations(syntax: Syntax): Syntax {
  if (Array.isArray(syntax)) return syntax.map(withoutLocations);
  if (!isNode(syntax)) return syntax;
  return Object.fromEntries(
    Object.entries(syntax).flatMap(([field, inner]) =>
      inner === undefined || LOCATIONS.has(field) ? [] : [[field, withoutLocations(inner)]],
    ),
  );
}

const LOCATIONS = new Set([
  'location',
  'stmt_location',
  'stmt_len',
  'list_start',
  'list_end',
  'rexpr_list_start',
  'rexpr_list_end',
]);
