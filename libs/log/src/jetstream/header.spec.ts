import { headers } from '@nats-io/nats-core';
import { MsgImpl } from '@nats-io/nats-core/internal';
import { describe, expect, it } from 'vitest';
import { headerBlock, headerIn, statusIn } from './header.js';

/** A message as the client hands it over: headers, then data, in one piece of a larger buffer. */
function message(encoded: Uint8Array, data = 'body'): MsgImpl {
  const raw = Buffer.concat([Buffer.from('before'), encoded, Buffer.from(data)]).subarray('before'.length);
  const args = { hdr: encoded.length > 0 ? encoded.length : -1, size: raw.length, sid: 1 };
  const publisher = { publish: () => undefined };
  return new MsgImpl({ ...args, subject: Buffer.from('log.a'), reply: undefined } as never, raw, publisher as never);
}

const encodedOf = (entries: readonly (readonly [string, string])[]): Uint8Array => {
  const given = headers();
  for (const [name, value] of entries) given.append(name, value);
  return (given as unknown as { encode(): Uint8Array }).encode();
};

describe('a header of a message', () => {
  const block = headerBlock(
    message(
      encodedOf([
        ['Nats-Msg-Id', 'crm-bot.1'],
        ['Nats-Sequence', '3'],
        ['Umlaut', 'größer'],
        ['Nats-Sequence', '7'],
        ['Empty', ''],
      ]),
    ),
  );

  it('is found by its whole name, the last of several', () => {
    expect(headerIn(block, 'Nats-Msg-Id')).toBe('crm-bot.1');
    expect(headerIn(block, 'Nats-Sequence')).toBe('7');
    expect(headerIn(block, 'Umlaut')).toBe('größer');
  });

  it.each(['Msg-Id', 'nats-msg-id', 'Nats-Msg', 'Empty', 'Missing'])('is not found as %s', (name) => {
    expect(headerIn(block, name)).toBeUndefined();
  });

  it('is what the client itself reads', () => {
    const own = message(encodedOf([['Nats-Subject', 'log.a.b']]));
    expect(headerIn(headerBlock(own), 'Nats-Subject')).toBe(own.headers?.get('Nats-Subject'));
  });

  it('is nowhere in a message without headers', () => {
    const block = headerBlock(message(new Uint8Array()));
    expect(block).toBe('');
    expect(headerIn(block, 'Nats-Msg-Id')).toBeUndefined();
    expect(statusIn(block).code).toBe(0);
  });
});

describe('a status in place of a message', () => {
  it.each([
    ['NATS/1.0 408 Request Timeout\r\n\r\n', 408, '408 Request Timeout'],
    ['NATS/1.0 503\r\n\r\n', 503, '503'],
    ['NATS/1.0 204 EOB\r\nNats-Num-Pending: 3\r\n\r\n', 204, '204 EOB'],
    ['NATS/1.0\r\nNats-Num-Pending: 300\r\n\r\n', 0, ''],
  ])('%j is a %d', (block, code, words) => {
    expect(statusIn(block)).toEqual({ code, words });
  });
});
