import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { MAX_INBOX_BYTES, parsePublished } from './published-envelope.js';
import { notTokens, publishedEnvelopes } from './testing/arbitraries.js';

const seed = {
  task_id: 'uuid-1234',
  source_agent: 'orchestrator',
  target_agent: 'sre-diagnosis-bot',
  payload: { action: 'analyze_logs', time_range: '2025-03-20T10:00:00Z/2025-03-20T11:00:00Z' },
  correlation_id: 'user-session-5678',
  ttl_seconds: 120,
};
const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const invalid = expect.objectContaining({ code: 'envelope/invalid' });

describe('a published envelope', () => {
  it('is six fields and nothing of ours', () => {
    expect(parsePublished(text(seed))).toEqual(seed);
  });

  test.prop([publishedEnvelopes])('is read as it was written', (envelope) => {
    expect(parsePublished(text(envelope))).toEqual(envelope);
  });

  test.prop([
    publishedEnvelopes,
    fc.constantFrom('task_id', 'source_agent', 'target_agent', 'correlation_id'),
    notTokens,
  ])('is refused with a name that is no token, and the field is told', (envelope, field, bad) => {
    expect(() => parsePublished(text({ ...envelope, [field]: bad }))).toThrow(new RegExp(`${field}: must be 1 to 64`));
  });

  it('is refused without any one of its fields', () => {
    for (const field of Object.keys(seed)) {
      const { [field as 'task_id']: _left, ...rest } = seed;
      expect(() => parsePublished(text(rest)), field).toThrow(new RegExp(`${field}: is missing`));
    }
  });

  it('cannot say for whom it is; that is the orchestrator’s to write', () => {
    const payload = { goal: 'x', delegation: { on_behalf_of: 'root' } };
    expect(() => parsePublished(text({ ...seed, payload }))).toThrow(
      /payload\.delegation: is written by the orchestrator/,
    );
  });

  it('is refused where it is too large, too deep, or no JSON', () => {
    const large = text({ ...seed, payload: { note: 'x'.repeat(MAX_INBOX_BYTES) } });
    expect(() => parsePublished(large)).toThrow(expect.objectContaining({ code: 'envelope/too-large' }));
    const deep = JSON.stringify(seed).replace(
      '"2025-03-20T10:00:00Z/2025-03-20T11:00:00Z"',
      `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
    );
    expect(() => parsePublished(new TextEncoder().encode(deep))).toThrow(invalid);
    expect(() => parsePublished(new TextEncoder().encode('{"task_id": '))).toThrow(invalid);
    expect(() => parsePublished(Uint8Array.of(0xff, 0xfe))).toThrow(invalid);
  });

  test.prop([fc.uint8Array({ maxLength: 100 })])('is refused with a code, whatever the bytes are', (bytes) => {
    expect(() => parsePublished(bytes)).toThrow(invalid);
  });
});
