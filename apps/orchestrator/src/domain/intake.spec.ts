import type { PublishedEnvelope } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { objection } from './intake.js';

const envelope = (more: Partial<PublishedEnvelope> = {}): PublishedEnvelope => ({
  task_id: 't1',
  source_agent: 'crm',
  target_agent: 'sre-bot',
  payload: {},
  correlation_id: 's1',
  ttl_seconds: 60,
  ...more,
});
const address = { tenant: 'acme', publisher: 'crm', target: 'sre-bot' };
const isKnown = (name: string) => ['orchestrator', 'sre-bot'].includes(name);
const codeFor = (given: PublishedEnvelope, target = 'sre-bot') =>
  objection(given, { ...address, target }, isKnown)?.code;

describe('an envelope from outside', () => {
  it('passes when it says what its subject says', () => expect(codeFor(envelope())).toBeUndefined());

  it('is refused when it claims to come from another', () =>
    expect(codeFor(envelope({ source_agent: 'orchestrator' }))).toBe('inbox/wrong-source'));

  it('is refused when it is for another than it was published for', () =>
    expect(codeFor(envelope({ target_agent: 'orchestrator' }))).toBe('inbox/wrong-target'));

  it('is refused when nobody of that name is here', () =>
    expect(codeFor(envelope({ target_agent: 'nobody' }), 'nobody')).toBe('inbox/unknown-target'));

  it('needs a goal for the orchestrator, unless it ends a session', () => {
    const forForeman = (payload: PublishedEnvelope['payload']) =>
      codeFor(envelope({ target_agent: 'orchestrator', payload }), 'orchestrator');
    expect(forForeman({})).toBe('inbox/no-goal');
    expect(forForeman({ goal: 'Why?' })).toBeUndefined();
    expect(forForeman({ action: 'cancel' })).toBeUndefined();
  });

  it('names each attachment once', () => {
    const file = {
      name: 'a.log',
      media_type: 't',
      ref: 'payloads_crm/x',
      digest: `sha256:${'0'.repeat(64)}`,
      bytes: 1,
    };
    expect(codeFor(envelope({ payload: { attachments: [file, file] } }))).toBe('inbox/doubled-attachment');
  });
});
