import { decodeEnvelope, parsePublished } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';

/** What a publisher in wrong hands writes, byte for byte. */
const wire = (payload: string, more = ''): Uint8Array =>
  new TextEncoder().encode(
    `{"task_id":"t","source_agent":"crm","target_agent":"orchestrator","payload":${payload},"correlation_id":"s","ttl_seconds":60${more}}`,
  );
const DELEGATION =
  '{"on_behalf_of":"cli","root_task_id":"t","decision":{"action":"publish","allow":true,"reasons":[],"bundle":"x","latency_us":0},"terms":{"user_role":"dba","budget":{}}}';

describe('an attack by a publisher', () => {
  it.each([
    ['delegation', `{"delegation":${DELEGATION}}`],
    ['delegation, after one that is none', `{"delegation":null,"delegation":${DELEGATION}}`],
    ['delegation in escapes', `{"d\\u0065legation":${DELEGATION}}`],
  ])('is refused where it states %s', (_what, payload) => {
    expect(() => parsePublished(wire(payload))).toThrow(expect.objectContaining({ code: 'envelope/invalid' }));
  });

  it.each([
    ['in a prototype', `{"goal":"x","__proto__":{"delegation":${DELEGATION},"user_role":"dba"}}`],
    [
      'in a prototype in escapes',
      `{"goal":"x","\\u005f\\u005fproto__":{"delegation":${DELEGATION},"user_role":"dba"}}`,
    ],
    ['in a constructor', `{"goal":"x","constructor":{"prototype":{"delegation":${DELEGATION},"user_role":"dba"}}}`],
    ['in other letters', `{"goal":"x","Delegation":${DELEGATION},"USER_ROLE":"dba"}`],
    ['with a look-alike', `{"goal":"x","dеlegation":${DELEGATION},"usеr_role":"dba"}`],
  ])('gains nothing by delegation and a role %s', (_how, payload) => {
    const parsed = parsePublished(wire(payload));
    expect(parsed.payload.delegation).toBeUndefined();
    expect((parsed.payload as { user_role?: unknown }).user_role).toBeUndefined();
    expect(Object.getPrototypeOf(parsed.payload)).toBe(Object.prototype);
    // What is recorded is what was judged.
    expect(JSON.parse(JSON.stringify(parsed))).toEqual(parsed);
  });

  it.each([
    ...['1e400', '-1', '0', '-0', '1.5', '"60"', '9007199254740993', '1e10', 'null', '[60]', 'true', 'NaN', '0x3c'],
  ])('by a life of %s is refused', (ttl) => {
    expect(() => parsePublished(wire('{"goal":"x"}', `,"ttl_seconds":${ttl}`))).toThrow();
  });

  it('who says two names is known by one, the last', () => {
    const parsed = parsePublished(wire('{"goal":"x"}', ',"source_agent":"cli"'));
    expect(parsed.source_agent).toBe('cli');
  });

  it.each([
    ['UTF-16', Buffer.from('{"task_id":"t"}', 'utf16le')],
    ['overlong characters', Buffer.from([0x7b, 0xc0, 0xa2, 0x7d])],
    ['half a character', Buffer.from([...wire('{"goal":"'), 0xed, 0xa0, 0x80])],
    ['two documents', Buffer.concat([wire('{}'), wire('{}')])],
    ['nothing', Buffer.alloc(0)],
  ])('by %s is refused', (_what, bytes) => {
    expect(() => parsePublished(bytes)).toThrow();
  });
});

describe('an attack by a record', () => {
  it('gives its payload no prototype', () => {
    const head = `"id":"crm-bot.1","type":"tool-requested","schema":1,"tenant":"default","task_id":"t","source_agent":"crm-bot","target_agent":"tool-gateway","correlation_id":"s","ttl_seconds":60,"time":"2026-03-01T10:00:00.000Z"`;
    const call = `"state":"EXECUTE","call_id":"c","tool":"x","step":"s","arguments":{"a":{"__proto__":{"b":1}},"__proto__":{"c":1}}`;
    const bytes = new TextEncoder().encode(`{${head},"payload":{${call},"__proto__":{"d":1}},"__proto__":{"e":1}}`);
    const read = decodeEnvelope('log.tool-gateway.default.s.t.crm-bot', bytes);
    const { arguments: args } = read.payload as { arguments: { a: { b?: unknown }; c?: unknown } };
    const seen = [args.a.b, args.c, (read.payload as { d?: unknown }).d, (read as { e?: unknown }).e];
    expect(seen).toEqual([undefined, undefined, undefined, undefined]);
  });
});
