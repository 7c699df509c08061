import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decodeSubject, encodeSubject } from './subject.js';
import { notTokens, tokens } from './testing/arbitraries.js';

const addresses = fc.record({ target: tokens, tenant: tokens, session: tokens, task: tokens, source: tokens });
const fields = ['target', 'tenant', 'session', 'task', 'source'] as const;

describe('a subject', () => {
  it('is log, then whom it wakes, whose it is, and who wrote it', () => {
    expect(
      encodeSubject({
        target: 'tool-gateway',
        tenant: 'acme',
        session: 'user-session-5678',
        task: 'uuid-1234',
        source: 'sre-diagnosis-bot',
      }),
    ).toBe('log.tool-gateway.acme.user-session-5678.uuid-1234.sre-diagnosis-bot');
  });

  test.prop([addresses])('says the address it was made from', (address) => {
    expect(decodeSubject(encodeSubject(address))).toEqual(address);
  });

  test.prop([addresses, addresses])('is another for another address', (one, other) => {
    fc.pre(JSON.stringify(one) !== JSON.stringify(other));
    expect(encodeSubject(one)).not.toBe(encodeSubject(other));
  });

  test.prop([addresses, fc.constantFrom(...fields), notTokens])(
    'is not made with anything that is no token',
    (address, field, bad) => {
      expect(() => encodeSubject({ ...address, [field]: bad })).toThrow(
        expect.objectContaining({ code: 'envelope/invalid-token', field }),
      );
    },
  );

  test.prop([fc.array(fc.oneof(tokens, notTokens), { maxLength: 7 }), fc.constantFrom('log', 'inbox', 'Log', '')])(
    'is read only where it is log and five tokens',
    (parts, head) => {
      const subject = [head, ...parts].join('.');
      const isAddress = /^log(\.[A-Za-z0-9_-]{1,64}){5}$/.test(subject);
      const read = () => encodeSubject(decodeSubject(subject));
      if (isAddress) expect(read()).toBe(subject);
      else expect(read).toThrow(/is not a valid token|does not match its envelope/);
    },
  );

  it('is not read where a stored one holds a wildcard', () => {
    expect(() => decodeSubject('log.*.acme.s.t.bot')).toThrow(
      expect.objectContaining({ code: 'envelope/invalid-token' }),
    );
    expect(() => decodeSubject('log.bot.acme.s.t.>')).toThrow(
      expect.objectContaining({ code: 'envelope/invalid-token' }),
    );
  });
});
