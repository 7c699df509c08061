import type { CodeLine } from '../code/scanner.ts';
import { type Finding, finding, type Rule, type Severity } from '../finding.ts';
import type { ReviewedFile } from '../reviewed-file.ts';

type Danger = readonly [looksLike: RegExp, severity: Severity, says: string];

const inSql: readonly Danger[] = [
  [/\bdrop\s+(table|database|schema)\b/i, 'high', 'The migration drops stored data for good.'],
  [
    /\balter\s+table\b.*\bdrop\s+(column\s+)?(?!constraint|index|default|not\s+null|foreign|primary|key)\w/i,
    'high',
    'The migration drops a column with its data; the version that still runs may read it.',
  ],
  [/\btruncate\b/i, 'high', 'The migration empties a table.'],
  [/\bdelete\s+from\s+[\w."`]+\s*(;|$)/i, 'high', 'Every row is deleted: there is no `where`.'],
  [/\bupdate\s+[\w."`]+\s+set\b(?!.*\bwhere\b)/i, 'medium', 'Every row is updated: there is no `where`.'],
  [
    /\balter\s+table\b.*\brename\b/i,
    'medium',
    'A name changes in the database; the version that still runs uses the old one.',
  ],
  [
    /\balter\s+table\b.*\b(alter|modify)\b.*\btype\b|\balter\s+table\b.*\bmodify\b/i,
    'medium',
    'A column’s type changes: the table may be rewritten and locked meanwhile.',
  ],
  [
    /\balter\s+table\b.*\bset\s+not\s+null\b|\balter\s+table\b.*\badd\s+(column\s+)?(?:(?!default).)*\bnot\s+null\b(?!.*default)/i,
    'medium',
    'Rows without a value make this fail, and so do inserts of the version that still runs.',
  ],
  [
    /\bdrop\s+(index|constraint)\b|\balter\s+table\b.*\bdrop\s+constraint\b/i,
    'low',
    'An index or constraint goes: what relied on it becomes slow or unchecked.',
  ],
];

const inCode: readonly Danger[] = [
  [
    /\bop\.drop_(table|column)\(|\b(DeleteModel|RemoveField)\(|\.drop(Table|Column|TableIfExists)\(|\bremove_column\b|\bdrop_table\b/,
    'high',
    'The migration drops stored data for good.',
  ],
  [
    /\bop\.alter_column\(|\b(RenameField|RenameModel|AlterField)\(|\.rename(Table|Column)\(|\brename_column\b/,
    'medium',
    'The shape of stored data changes; the version that still runs knows the old one.',
  ],
];

/** Statements on new lines that drop, empty or reshape stored data. Undoing a migration (`down`) is meant to. */
export const migrationRisky: Rule = {
  name: 'migration-risky',
  check(file) {
    if (file.isTest || /(^|[./_-])down\.sql$|rollback/i.test(file.path)) return [];
    if (file.language === 'sql')
      return file.hunks.flatMap((hunk) => statementsOf(hunk.after).flatMap((lines) => judgeStatement(file, lines)));
    return /migrat|alembic|(^|\/)db\//i.test(file.path) ? inProgram(file) : [];
  },
};

function judgeStatement(file: ReviewedFile, lines: readonly CodeLine[]): Finding[] {
  const [first, ...rest] = lines.filter((line) => line.isChanged).map((line) => line.line);
  const text = lines.map((line) => line.code.trim()).join(' ');
  const danger = first && inSql.find(([looksLike]) => looksLike.test(text));
  return danger ? [finding(migrationRisky.name, danger[1], file, danger[2], [first, ...rest.slice(0, 4)])] : [];
}

/** Statements from one semicolon to the next. */
function statementsOf(lines: readonly CodeLine[]): CodeLine[][] {
  const statements: CodeLine[][] = [[]];
  for (const line of lines) {
    if (line.code.trim() === '') continue;
    statements.at(-1)?.push(line);
    if (/;\s*$/.test(line.bare)) statements.push([]);
  }
  return statements.filter((each) => each.length > 0);
}

/** Lines of a migration written in a programming language, up to where it tells how to undo itself. */
function inProgram(file: ReviewedFile): Finding[] {
  return file.hunks.flatMap((hunk) => {
    const undo = hunk.after.findIndex(({ bare }) =>
      /\b(def|function|async|exports\.|const)\s*(downgrade|down|reverse)\b|^\s*(async\s+)?down\s*\(/.test(bare),
    );
    const forward = undo === -1 ? hunk.after : hunk.after.slice(0, undo);
    return forward
      .filter((line) => line.isChanged)
      .flatMap((line) => {
        const danger = [...inCode, ...inSql].find(([looksLike]) => looksLike.test(line.code));
        return danger ? [finding(migrationRisky.name, danger[1], file, danger[2], [line.line])] : [];
      });
  });
}
