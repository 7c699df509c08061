import type { PublishedEnvelope } from '@voorman/envelope';
import { Map as Kept } from 'immutable';
import { describe, expect, it } from 'vitest';
import { objection, occupied } from './intake.js';
import type { Root } from './root.js';

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

describe('a session that is there already', () => {
  const root: Root = {
    kind: 'goal',
    taskId: 't1',
    publisher: 'crm',
    request: {},
    ttlSeconds: 60,
    requestedAtMs: 0,
    status: 'answered',
    revision: 1,
    steps: [],
    replaced: [],
    refused: [],
  };
  const session = { roots: Kept([['t1', root]]), rootOf: Kept<string, string>(), cancelled: false };
  const codeOf = (publisher: string, task_id: string) => occupied(session, { publisher }, envelope({ task_id }))?.code;

  it('takes another task of the publisher it belongs to', () => expect(codeOf('crm', 't2')).toBeUndefined());

  it('does not begin a task again', () => expect(codeOf('crm', 't1')).toBe('inbox/replayed'));

  it('takes nothing from another publisher, except from the operator', () => {
    expect(codeOf('shop', 't2')).toBe('inbox/unauthorised');
    expect(codeOf('cli', 't2')).toBeUndefined();
  });
});
