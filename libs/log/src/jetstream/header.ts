import type { Msg } from '@nats-io/nats-core';
import { MsgImpl } from '@nats-io/nats-core/internal';

/**
 * A message's headers as they stand on the wire; empty where it has none. The client's own decoder checks every name
 * letter by letter and makes a map of lists, which costs more than everything else about reading a record.
 */
export function headerBlock(message: Msg | MsgImpl): string {
  if (!(message instanceof MsgImpl)) throw new TypeError('a message of another client');
  const { hdr } = message._msg;
  return hdr > 0 ? Buffer.from(message._rdata.buffer, message._rdata.byteOffset, hdr).toString() : '';
}

/** The last value of a header; `undefined` where it is missing or empty. Names are compared letter by letter. */
export function headerIn(block: string, name: string): string | undefined {
  const at = block.lastIndexOf(`\r\n${name}:`);
  if (at < 0) return undefined;
  const from = at + name.length + 3;
  const end = block.indexOf('\r\n', from);
  return block.slice(from, end < 0 ? undefined : end).trim() || undefined;
}

/** What the server says in place of a message: a code and a few words; 0 where it is a message. */
export function statusIn(block: string): { readonly code: number; readonly words: string } {
  const line = block.slice('NATS/1.0'.length, Math.max(0, block.indexOf('\r\n'))).trim();
  return { code: Number(/^\d{3}/.exec(line)?.[0] ?? 0), words: line };
}
