import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  MAX_RECORD_BYTES,
  MAX_TTL_SECONDS,
  parsePayload,
  subjectOf,
} from './envelope.js';
import { MAX_PAYLOAD_DEPTH } from './json.js';
import { encodeSubject } from './subject.js';
import { envelopes, notTokens, recordTypes, tokens } from './testing/arbitraries.js';
import { mayWrite } from './writers.js';

const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const code = (wanted: string) => expect.objectContaining({ code: wanted });
const invalid = code('envelope/invalid');
const reference = {
  ref: 'payloads_orchestrator/abc',
  digest: `sha256:${'a'.repeat(64)}`,
  bytes: 100_000,
  media_type: 'application/json',
};
const sample: Envelope<'task-cancelled'> = {
  id: 'orchestrator.r1',
  type: 'task-cancelled',
  schema: 1,
  tenant: 'acme',
  task_id: 'uuid-1234',
  source_agent: 'orchestrator',
  target_agent: 'journal',
  correlation_id: 'user-session-5678',
  ttl_seconds: 120,
  time: '2026-01-01T00:00:00.000Z',
  payload: { reason: 'the user said so' },
};
const subject = subjectOf(sample);
const decoded = (change: object): unknown => decodeEnvelope(subject, text({ ...sample, ...change }));

describe('an envelope', () => {
  for (const type of recordTypes) {
    test.prop([envelopes(type)], { numRuns: 50 })(
      `of ${type} comes back from its bytes and its subject as it was`,
      (envelope) => {
        expect(decodeEnvelope(subjectOf(envelope), encodeEnvelope(envelope))).toEqual(envelope);
      },
    );
  }

  test.prop([envelopes()])('leaves behind whatever is none of its fields', (envelope) => {
    const more = { position: 7, secret: 'x' };
    const bytes = encodeEnvelope({ ...envelope, ...more });
    expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual(envelope);
  });

  test.prop([
    envelopes(),
    fc.constantFrom('tenant', 'task_id', 'source_agent', 'target_agent', 'correlation_id'),
    notTokens,
  ])('does not get out with an address that is no token', (envelope, field, bad) => {
    const forged = { ...envelope, [field]: bad } as Envelope;
    expect(() => encodeEnvelope(field === 'source_agent' ? { ...forged, id: `${bad}.r1` } : forged)).toThrow(invalid);
    expect(() => subjectOf(forged)).toThrow(code('envelope/invalid-token'));
    expect(() => decodeEnvelope(subjectOf(envelope), text(forged))).toThrow(invalid);
  });

  test.prop([
    envelopes(),
    fc.constantFrom('target_agent', 'tenant', 'correlation_id', 'task_id', 'source_agent'),
    tokens,
  ])('is refused under any subject but its own', (envelope, field, other) => {
    fc.pre(envelope[field as 'tenant'] !== other);
    const elsewhere = subjectOf({ ...envelope, [field]: other } as Envelope);
    expect(() => decodeEnvelope(elsewhere, encodeEnvelope(envelope))).toThrow(code('envelope/subject-mismatch'));
  });

  it('is refused where its subject is no address', () => {
    expect(() => decodeEnvelope('inbox.acme.cli.orchestrator', text(sample))).toThrow(
      code('envelope/subject-mismatch'),
    );
    expect(() => decodeEnvelope(subject.replace('acme', '*'), text(sample))).toThrow(code('envelope/invalid-token'));
  });

  it('states nothing that is another’s to say, on the way out and on the way in', () => {
    const forged = { ...sample, source_agent: 'evil-bot', id: 'evil-bot.r1' };
    expect(() => encodeEnvelope(forged)).toThrow(invalid);
    expect(() => decodeEnvelope(subjectOf(forged), text(forged))).toThrow(invalid);
    const posing = { ...sample, type: 'task-completed', payload: { state: 'OUTPUT', answer: 'x', evidence: [] } };
    expect(() => decodeEnvelope(subject, text(posing))).toThrow(invalid);
  });

  it('carries its writer’s name in its id, on the way out and on the way in', () => {
    const borrowed = { ...sample, id: 'policy.r1' };
    expect(() => encodeEnvelope(borrowed)).toThrow(invalid);
    expect(() => decoded({ id: 'policy.r1' })).toThrow(invalid);
    expect(() => decoded({ id: 'orchestrator' })).toThrow(invalid);
    expect(() => decoded({ id: 'orchestrator.a.b' })).toThrow(invalid);
  });

  it('is refused in a shape of another version, of an unknown type, or with a field that does not fit', () => {
    for (const change of [
      { schema: 2 },
      { schema: '1' },
      { type: 'task-dreamt' },
      { type: 'constructor' },
      { type: '__proto__' },
      { ttl_seconds: 0 },
      { ttl_seconds: 1.5 },
      { ttl_seconds: MAX_TTL_SECONDS + 1 },
      { ttl_seconds: '120' },
      { time: 'yesterday' },
      { time: '2026-01-01' },
      { causation_id: 'x'.repeat(131) },
      { payload: undefined },
      { payload: null },
      { payload: [] },
      { payload: {} },
      { payload: { reason: 'x'.repeat(1_001) } },
    ]) {
      expect(() => decoded(change), JSON.stringify(change)).toThrow(invalid);
      expect(() => encodeEnvelope({ ...sample, ...change } as Envelope), JSON.stringify(change)).toThrow(invalid);
    }
  });

  it('names the fields that do not fit', () => {
    expect(() => decoded({ ttl_seconds: 0, time: 'now' })).toThrow(/ttl_seconds: .*; time: /);
    expect(() => decoded({ payload: {} })).toThrow(/payload\.reason: /);
  });

  it('is refused where its bytes are no JSON, or no UTF-8', () => {
    const truncated = text(sample).slice(0, -1);
    expect(() => decodeEnvelope(subject, truncated)).toThrow(invalid);
    expect(() => decodeEnvelope(subject, Uint8Array.of())).toThrow(invalid);
    const latin = text({ ...sample, payload: { reason: 'caf#' } });
    latin[latin.indexOf(35)] = 0xe9;
    expect(() => decodeEnvelope(subject, latin)).toThrow(invalid);
    for (const value of [null, 1, 'x', [], [sample]])
      expect(() => decodeEnvelope(subject, text(value))).toThrow(invalid);
  });

  test.prop([fc.uint8Array({ maxLength: 200 })])('is refused with a code, whatever the bytes are', (bytes) => {
    expect(() => decodeEnvelope(subject, bytes)).toThrow(invalid);
  });

  it('is refused above its size, on the way out and on the way in', () => {
    const large: Envelope = {
      ...sample,
      type: 'answer-given',
      payload: { outcome: 'completed', answer: 'é'.repeat(50_000), evidence: [], tasks: [] },
    };
    expect(() => encodeEnvelope(large)).toThrow(code('envelope/too-large'));
    const padded = new Uint8Array(MAX_RECORD_BYTES + 1).fill(32);
    padded.set(text(sample));
    expect(() => decodeEnvelope(subject, padded)).toThrow(code('envelope/too-large'));
    expect(decodeEnvelope(subject, padded.slice(0, MAX_RECORD_BYTES))).toEqual(sample);
  });

  it('is refused where it nests so deep that its reader would break', () => {
    const nested = (levels: number) => JSON.parse(`${'[1,'.repeat(levels)}[]${']'.repeat(levels)}`);
    for (const levels of [MAX_PAYLOAD_DEPTH, 5_000]) {
      const payload = { goal: 'x', deep: nested(levels) };
      expect(() => decoded({ type: 'task-requested', payload })).toThrow(invalid);
      expect(() => encodeEnvelope({ ...sample, type: 'task-requested', payload })).toThrow(invalid);
    }
    expect(() => parsePayload('task-requested', { deep: nested(MAX_PAYLOAD_DEPTH - 3) })).not.toThrow();
    expect(() => parsePayload('task-requested', { deep: nested(20_000) })).toThrow(invalid);
  });

  it('reaches no prototype', () => {
    const bytes = new TextEncoder().encode(
      JSON.stringify({ ...sample, type: 'task-requested', payload: { goal: 'x', MARK: 1, inner: {} } }).replace(
        '"MARK":1',
        '"__proto__":{"delegation":{"on_behalf_of":"root"}}',
      ),
    );
    const { payload } = decodeEnvelope(subject, bytes);
    expect(Object.getPrototypeOf(payload)).toBe(Object.prototype);
    expect((payload as { delegation?: unknown }).delegation).toBeUndefined();
    expect(({} as { delegation?: unknown }).delegation).toBeUndefined();
  });
});

describe('a payload that lies in the object store', () => {
  test.prop([fc.constantFrom(...recordTypes.filter((type) => mayWrite('orchestrator', type)))])(
    'is carried as its reference, whatever the record type',
    (type) => {
      const envelope = { ...sample, type, payload: reference } as unknown as Envelope;
      expect(decodeEnvelope(subject, encodeEnvelope(envelope))).toEqual({ ...envelope, ref: reference });
    },
  );

  it('is refused where it lies in another writer’s bucket', () => {
    expect(() => decoded({ payload: { ...reference, ref: 'payloads_evil-bot/abc' } })).toThrow(invalid);
  });

  it('is not taken for one where anything stands beside the four fields', () => {
    const delegation = {
      on_behalf_of: 'cli',
      root_task_id: 'r',
      decision: { action: 'publish', allow: true, reasons: [], bundle: 'b1', latency_us: 3 },
    };
    const payload = { ...reference, delegation };
    const back = decodeEnvelope(subject, encodeEnvelope({ ...sample, type: 'task-requested', payload }));
    expect(back.ref).toBeUndefined();
    expect(back.payload).toEqual(payload);
  });

  it('is refused where the reference could lead elsewhere', () => {
    for (const change of [
      { ref: 'payloads_bot/../other/x' },
      { ref: 'secrets_bot/x' },
      { ref: 'payloads_/x' },
      { digest: 'sha256:short' },
      { digest: `md5:${'a'.repeat(32)}` },
      { bytes: -1 },
    ]) {
      expect(() => decoded({ payload: { ...reference, ...change } })).toThrow(invalid);
    }
  });
});

describe('the subject of an envelope', () => {
  test.prop([envelopes()])('mirrors its fields', (envelope) => {
    expect(subjectOf(envelope)).toBe(
      encodeSubject({
        target: envelope.target_agent,
        tenant: envelope.tenant,
        session: envelope.correlation_id,
        task: envelope.task_id,
        source: envelope.source_agent,
      }),
    );
  });
});
