import { isProgram } from '../code/language.ts';
import { finding, type Rule } from '../finding.ts';
import { newLines } from '../reviewed-file.ts';

const statement =
  /["'`]{1,3}\s*(select\b[^"'`]*\bfrom|insert\s+into|update\b[^"'`]*\bset|delete\s+from|drop\s+table|alter\s+table)\b/i;
/** Values that are put into the text: joined, interpolated, formatted. A constant in capitals is taken to be harmless. */
const inserted: readonly RegExp[] = [
  /["'`]\s*\+\s*(?![A-Z_]+\b)[\w$(]/,
  /\$\{(?!\s*[A-Z_]+\s*\})[^}]+\}/,
  /\bf["']{1,3}.*\{(?!\s*[A-Z_]+\s*\})[^}]+\}/,
  /["']\s*%\s*[\w(]/,
  /\.format\(\s*\w|\bString\.format\(|\bSprintf\(/,
];

/** SQL that a new line builds from values instead of passing them as parameters. */
export const sqlBuilt: Rule = {
  name: 'sql-built-from-text',
  check(file) {
    if (!isProgram(file.language) || file.isTest) return [];
    return newLines(file)
      .filter(({ code }) => statement.test(code) && inserted.some((way) => way.test(code)))
      .filter(({ code }) => !/\bsql`|\bsql\.|Prisma\.sql|\b(log|logger|console|throw|raise|Error)\b/.test(code))
      .map((line) => {
        const message =
          'SQL is put together from values: whoever controls a value controls the statement. Pass it as a parameter.';
        return finding(sqlBuilt.name, 'high', file, message, [line.line]);
      });
  },
};
