import type { Attachment, PublishedEnvelope } from '@voorman/envelope';
import { Map as Kept } from 'immutable';
import { describe, expect, it } from 'vitest';
import type { Root } from './root.js';
import { looksForAttachments, sharedAttachments } from './shared-attachments.js';

const file = (name: string, digit = '0'): Attachment => ({
  name,
  media_type: 'text/x-log',
  ref: 'payloads_cli/x',
  digest: `sha256:${digit.repeat(64)}`,
  bytes: 1,
});
const root = (publisher: string, requestedAtMs: number, ...attachments: Attachment[]): Root => ({
  kind: 'goal',
  taskId: `${publisher}-${requestedAtMs}`,
  publisher,
  request: { attachments },
  ttlSeconds: 60,
  requestedAtMs,
  status: 'answered',
  revision: 1,
  steps: [],
  replaced: [],
  refused: [],
});
const session = (...roots: Root[]) => ({
  roots: Kept(roots.map((each) => [each.taskId, each])),
  rootOf: Kept<string, string>(),
  cancelled: false,
});
const names = (attachments: readonly Attachment[]) => attachments.map(({ name, digest }) => `${name} ${digest[7]}`);

describe('what a session shares', () => {
  it('is what the same publisher attached before, the later of one name', () => {
    const past = session(root('crm', 2, file('a.log', '2')), root('crm', 1, file('a.log', '1'), file('b.log', '1')));
    expect(names(sharedAttachments(past, 'crm'))).toEqual(['a.log 2', 'b.log 1']);
  });

  it('is nothing of anybody else', () => {
    expect(sharedAttachments(session(root('crm', 1, file('a.log'))), 'shop')).toEqual([]);
  });

  it('is looked for only by tasks that bring nothing and may need something', () => {
    const cards = [
      {
        name: 'sre-bot',
        capabilities: [{ name: 'x', keywords: [], uses: [], attachments: { kinds: ['log'], required: true } }],
      },
      { name: 'noop-bot', capabilities: [{ name: 'y', keywords: [], uses: [] }] },
    ];
    const task = (target_agent: string, attachments?: Attachment[]): PublishedEnvelope => ({
      task_id: 't',
      source_agent: 'crm',
      target_agent,
      payload: attachments === undefined ? {} : { attachments },
      correlation_id: 's',
      ttl_seconds: 60,
    });
    expect(looksForAttachments(task('sre-bot'), cards)).toBe(true);
    expect(looksForAttachments(task('orchestrator'), cards)).toBe(true);
    expect(looksForAttachments(task('noop-bot'), cards)).toBe(false);
    expect(looksForAttachments(task('sre-bot', [file('a.log')]), cards)).toBe(false);
  });
});
