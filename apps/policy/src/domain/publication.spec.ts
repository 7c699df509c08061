import { specification } from '@voorman/decider/testing';
import type { Recorded } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { publication } from './publication.js';

const given = (...digests: string[]) =>
  specification(expect)(
    publication,
    digests.map(
      (digest) =>
        ({ type: 'bundle-published', payload: { revision: 'r', digest, entrypoints: [] } }) as unknown as Recorded,
    ),
  );
const command = { type: 'record-bundle', revision: 'r2', digest: 'sha256:b', entrypoints: ['p/decision'] } as const;
const record = {
  type: 'bundle-published',
  target: 'journal',
  payload: { revision: 'r2', digest: 'sha256:b', entrypoints: ['p/decision'] },
};

describe('the history of publications', () => {
  it('names the first bundle', () => {
    given()
      .when(command)
      .then(record as never);
  });

  it('names a bundle that differs from the last one', () => {
    given('sha256:a')
      .when(command)
      .then(record as never);
  });

  it('names a bundle once, however often it is looked at', () => {
    given('sha256:a', 'sha256:b').when(command).thenNothing();
  });

  it('names a bundle again that came back after another', () => {
    given('sha256:b', 'sha256:a')
      .when(command)
      .then(record as never);
  });
});
