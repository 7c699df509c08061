import type { JsonObject } from '@voorman/envelope';
import pg from 'pg';

type Json = JsonObject[string];
type Parser = (text: string) => unknown;

const { builtins } = pg.types;
const POINT = 600;
const CIRCLE = 718;

/** A number where JSON holds it exactly, else its digits as text: no figure is ever rounded on the way. */
const exact = (text: string): Json => {
  const number = Number(text);
  return String(number) === text && (!Number.isInteger(number) || Number.isSafeInteger(number)) ? number : text;
};

/** `Infinity` and `NaN` are no JSON. */
const float = (text: string): Json => (Number.isFinite(Number(text)) ? Number(text) : text);

/** ISO 8601; the session's time zone is UTC. Microseconds stay. */
const moment: Parser = (text) => text.replace(' ', 'T').replace(/\+00$/, 'Z');

const parsers = new Map<number, Parser>([
  [builtins.INT8, exact],
  [builtins.NUMERIC, exact],
  [builtins.FLOAT4, float],
  [builtins.FLOAT8, float],
  [builtins.DATE, (text) => text],
  [builtins.TIMESTAMP, moment],
  [builtins.TIMESTAMPTZ, moment],
  [builtins.INTERVAL, (text) => text],
  [POINT, (text) => text],
  [CIRCLE, (text) => text],
  [builtins.BYTEA, (text) => Buffer.from(text.slice(2), 'hex').toString('base64')],
]);

/** Lists of what is not read as the driver would read it. */
const listsOf: readonly (readonly [list: number, item: number])[] = [
  [1016, builtins.INT8],
  [1231, builtins.NUMERIC],
  [1021, builtins.FLOAT4],
  [1022, builtins.FLOAT8],
  [1182, builtins.DATE],
  [1115, builtins.TIMESTAMP],
  [1185, builtins.TIMESTAMPTZ],
  [1187, builtins.INTERVAL],
  [1017, POINT],
  [1001, builtins.BYTEA],
];
/** As the driver really has it; its types tell of an older one. */
const lists = pg.types.arrayParser as unknown as {
  create(text: string, parse: Parser): { parse(): unknown };
};
for (const [list, item] of listsOf) {
  const parse = parsers.get(item);
  if (parse === undefined) continue;
  parsers.set(list, (text) => lists.create(text, parse).parse());
}

/** How PostgreSQL's values become JSON; all others as the driver does it: text, booleans, small integers, JSON. */
export const valueTypes = {
  getTypeParser(type: number, format?: 'text' | 'binary'): Parser {
    const parse = parsers.get(type) ?? (pg.types.getTypeParser(type, format ?? 'text') as Parser);
    return (text) => {
      try {
        return parse(text);
      } catch {
        // It runs where nobody catches: a value that it cannot read stays the text that it is.
        return text;
      }
    };
  },
};

/** A row as JSON; of columns that share a name, the later ones get a number. */
export function rowOf(columns: readonly string[], values: readonly unknown[]): JsonObject {
  return Object.fromEntries(columns.map((column, index) => [column, (values[index] ?? null) as Json]));
}

export function columnNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let count = 2; taken.has(free); count++) free = `${name}_${count}`;
    taken.add(free);
    return free;
  });
}

/** An argument as the driver takes it: objects travel as JSON, lists of plain values as PostgreSQL's lists. */
export const boundValue = (value: Json | undefined): unknown => {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object') return value;
  const isPlainList = Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
  return isPlainList ? value : JSON.stringify(value);
};
