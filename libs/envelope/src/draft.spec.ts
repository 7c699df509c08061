import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { type Draft, sealDraft } from './draft.js';
import { decodeEnvelope, encodeEnvelope, subjectOf } from './envelope.js';
import { payloadsOf, recordTypes, tokens, writersOf } from './testing/arbitraries.js';

const seals = fc.record(
  {
    source: tokens,
    tenant: tokens,
    session: tokens,
    task: tokens,
    ttlSeconds: fc.integer({ min: 1, max: 100_000 }),
    id: tokens,
    atMs: fc.integer({ min: 0, max: 4_102_444_800_000 }),
    causationId: tokens,
  },
  { requiredKeys: ['source', 'tenant', 'session', 'task', 'ttlSeconds', 'id', 'atMs'] },
);
const drafts = fc
  .constantFrom(...recordTypes)
  .chain((type) => fc.record({ type: fc.constant(type), target: tokens, payload: payloadsOf(type) }))
  .map((draft) => draft as Draft);

const sealedDrafts = drafts.chain((draft) =>
  fc
    .tuple(fc.constant(draft), seals, writersOf(draft.type))
    .map(([each, seal, source]) => ({ draft: each, seal: { ...seal, source } })),
);

describe('a draft', () => {
  test.prop([sealedDrafts])('becomes a valid envelope of its writer’s task', ({ draft, seal }) => {
    const envelope = sealDraft(draft, seal);
    expect(envelope).toMatchObject({ task_id: seal.task, ttl_seconds: seal.ttlSeconds, source_agent: seal.source });
    expect(decodeEnvelope(subjectOf(envelope), encodeEnvelope(envelope))).toEqual(envelope);
  });

  test.prop([drafts, seals, tokens])('becomes an envelope of another task where it names one', (draft, seal, task) => {
    const envelope = sealDraft({ ...draft, task, ttlSeconds: 7 } as Draft, seal);
    expect(envelope).toMatchObject({ task_id: task, ttl_seconds: 7, correlation_id: seal.session });
  });
});
