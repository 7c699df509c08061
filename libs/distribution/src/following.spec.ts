import { signStatement } from '@voorman/signing';
import { describe, expect, it } from 'vitest';
import { followRevision } from './following.js';
import { type IndexedTool, revisionOfTools } from './registry-index.js';
import { REGISTRY_INDEX } from './registry-store.js';

const tool = {
  name: 'look',
  version: '1.0.0',
  digest: `sha256:${'0'.repeat(64)}`,
  envelope: signStatement('application/x', {}, []),
};
const [FIRST, SECOND] = [[], [tool]];
const index = (tools: readonly IndexedTool[]): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify({
      format: 1,
      revision: revisionOfTools(tools),
      created_at: '2026-01-01T12:00:00.000Z',
      published_by: 'a test',
      tools,
    }),
  );

describe('the revision that new sessions begin with', () => {
  it('is the newest, also where the answer that names an older one comes last', async () => {
    const waiting: ((bytes: Uint8Array) => void)[] = [];
    let hint = (_name: string): void => undefined;
    let isSlow = false;
    let published = index(FIRST);
    const { revision } = await followRevision(
      {
        get: () => (isSlow ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(published)),
        watch: (changed) => {
          hint = changed;
          return () => undefined;
        },
      },
      (fault) => {
        throw fault;
      },
    );
    expect(revision()).toBe(revisionOfTools(FIRST));
    isSlow = true;
    hint(REGISTRY_INDEX);
    await expect.poll(() => waiting.length).toBe(1);
    isSlow = false;
    published = index(SECOND);
    hint(REGISTRY_INDEX);
    // The look that was under way was told of what there was before.
    waiting[0]?.(index(FIRST));
    await expect.poll(revision).toBe(revisionOfTools(SECOND));
  });
});
