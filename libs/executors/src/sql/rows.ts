import type { JsonObject } from '@voorman/envelope';
import type pg from 'pg';
import Cursor from 'pg-cursor';
import { columnNames, rowOf } from './values.js';

/** As many as are asked for at once, at first and at most; large rows come in smaller lots. */
const FIRST_LOT = 10;
const LARGEST_LOT = 500;
const LOT_BYTES = 256 * 1_024;

export interface Caps {
  readonly maxRows: number;
  readonly maxBytes: number;
}

export interface Rows {
  readonly rows: JsonObject[];
  /** Rows that were changed, where none of them is returned. */
  readonly changed: number | undefined;
  /** What was cut off, in a sentence; absent where nothing was. */
  readonly note?: string;
}

/** Runs the statement and reads no more of its rows than it may: what is cut off is never fetched. */
export async function readRows(
  client: pg.PoolClient,
  text: string,
  values: readonly unknown[],
  caps: Caps,
): Promise<Rows> {
  const cursor = client.query(new Cursor<unknown[]>(text, [...values], { rowMode: 'array' }));
  const read = await upToCaps(cursor, caps);
  // After a fault there is nothing to close, and with the connection nobody who would answer.
  await cursor.close();
  return read;
}

async function upToCaps(cursor: Cursor<unknown[]>, caps: Caps): Promise<Rows> {
  const rows: JsonObject[] = [];
  let columns: string[] | undefined;
  let bytes = 0;
  let lot = FIRST_LOT;
  let last: pg.QueryResult | undefined;
  for (;;) {
    // One more than is kept shows whether there are more.
    const { batch, result } = await read(cursor, Math.min(lot, caps.maxRows + 1 - rows.length));
    // A cursor that has come to its end says no more how it ended.
    last = result ?? last;
    if (batch.length === 0) return { rows, changed: changedBy(last) };
    columns ??= columnNames((last?.fields ?? []).map((field) => field.name));
    for (const values of batch) {
      const row = rowOf(columns, values);
      const size = Buffer.byteLength(JSON.stringify(row));
      if (rows.length === caps.maxRows) return { rows, changed: undefined, note: cutAt(caps.maxRows) };
      if (bytes + size > caps.maxBytes) return { rows, changed: undefined, note: cutAfter(rows.length, caps.maxBytes) };
      bytes += size;
      rows.push(row);
    }
    lot = Math.max(1, Math.min(LARGEST_LOT, Math.floor(LOT_BYTES / (bytes / rows.length))));
  }
}

const read = (
  cursor: Cursor<unknown[]>,
  count: number,
): Promise<{ batch: unknown[][]; result: pg.QueryResult | undefined }> =>
  new Promise((resolve, reject) => {
    cursor.read(count, (fault, batch, result) => (fault ? reject(fault) : resolve({ batch, result })));
  });

/** Only of a statement that returns nothing: the server counts the last lot alone, and returned rows are counted here. */
const changedBy = (result: pg.QueryResult | undefined): number | undefined =>
  result === undefined || result.fields.length > 0 || result.command === 'SELECT' ? undefined : (result.rowCount ?? 0);

const cutAt = (maxRows: number): string => `Cut at ${maxRows} rows: there are more.`;

const cutAfter = (rows: number, maxBytes: number): string =>
  `Cut after ${rows} rows: more than ${maxBytes} bytes are not handed on. There are more rows.`;
