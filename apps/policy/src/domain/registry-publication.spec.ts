import { specification } from '@voorman/decider/testing';
import type { Recorded } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { registryPublication } from './registry-publication.js';

const given = (...digests: string[]) =>
  specification(expect)(
    registryPublication,
    digests.map((digest) => ({ type: 'registry-published', payload: { digest } }) as unknown as Recorded),
  );
const tool = { name: 'echo', version: '1.0.0', digest: 'sha256:t' };
const command = {
  type: 'record-registry',
  revision: 'r2',
  digest: 'sha256:b',
  tools: [tool],
  publishedBy: 'somebody',
} as const;
const record = {
  type: 'registry-published',
  target: 'journal',
  payload: { revision: 'r2', digest: 'sha256:b', tools: [tool], published_by: 'somebody' },
};

describe('the history of the registry', () => {
  it('names an index that differs from the last one, also one that came back', () => {
    for (const before of [[], ['sha256:a'], ['sha256:b', 'sha256:a']]) {
      given(...before)
        .when(command)
        .then(record as never);
    }
  });

  it('names an index once, however often it is looked at', () => {
    given('sha256:a', 'sha256:b').when(command).thenNothing();
  });

  it('stays within a record, however many tools there are', () => {
    const tools = Array.from({ length: 10_000 }, () => tool);
    const decided = registryPublication.decide({ ...command, tools }, { status: 'none' });
    expect(JSON.stringify(decided).length).toBeLessThan(64 * 1_024);
  });
});
