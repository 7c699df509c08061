import { describe, expect, it } from 'vitest';
import { changesOf } from '../testing/change.ts';
import { findRealChanges } from './move.ts';

const real = (files: Readonly<Record<string, string>>): string[] => {
  const changes = changesOf(files);
  const isReal = findRealChanges(changes);
  return changes.flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines.filter(isReal).map((line) => line.raw)));
};

describe('a real change', () => {
  it('is not a line that was only indented anew', () => {
    expect(real({ 'a.ts': '-  const total = sum(items);\n+    const total = sum(items);\n+  if (items) {' })).toEqual([
      '+  if (items) {',
    ]);
  });

  it('is not a passage that moved to another file', () => {
    const passage = ['function one() {', '  return first(second);', '}'];
    expect(
      real({
        'a.ts': passage.map((line) => `-${line}`).join('\n'),
        'b.ts': passage.map((line) => `+${line}`).join('\n'),
      }),
    ).toEqual([]);
  });

  it('is a lone line that happens to stand in another file too', () => {
    expect(real({ 'a.ts': '-pool.release(connection);', 'b.ts': '+pool.release(connection);' })).toHaveLength(2);
  });
});
