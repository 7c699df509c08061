import { type Boundary, serviceBoundary, taskBoundary, wholeLog } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import type { Append } from './append.js';
import { Touching } from './touching.js';

const append = (id: string, session: string, task: string, boundary?: Boundary): Append => ({
  id,
  subject: `log.journal.acme.${session}.${task}.writer`,
  data: new Uint8Array(),
  ...(boundary === undefined ? {} : { condition: { boundary, after: 0 } }),
});

/** Whether `second` has to wait for `first`. */
function touch(first: Append, second: Append): boolean {
  const touching = new Touching();
  touching.add(first);
  const answer = touching.touches(second);
  touching.delete(first);
  expect(touching.touches(second)).toBe(false);
  return answer;
}

describe('two appends', () => {
  it('touch when the condition of either covers the other’s record', () => {
    const guarded = append('a', 's1', 't1', serviceBoundary('acme', 's1', 'writer'));
    const fact = append('b', 's1', 't2');
    expect(touch(guarded, fact)).toBe(true);
    expect(touch(fact, guarded)).toBe(true);
  });

  it('touch when they share an id within a session', () => {
    expect(touch(append('a', 's1', 't1'), append('a', 's1', 't2'))).toBe(true);
  });

  it('do not touch beside each other: in other tasks, in other sessions, as plain facts', () => {
    const guarded = append('a', 's1', 't1', taskBoundary('acme', 's1', 't1'));
    expect(touch(guarded, append('b', 's1', 't2', taskBoundary('acme', 's1', 't2')))).toBe(false);
    expect(touch(guarded, append('b', 's2', 't1', taskBoundary('acme', 's2', 't1')))).toBe(false);
    expect(touch(append('a', 's1', 't1'), append('b', 's1', 't1'))).toBe(false);
  });

  it('touch across sessions when a condition names none', () => {
    const everything = append('a', 's1', 't1', wholeLog());
    expect(touch(everything, append('b', 's2', 't2'))).toBe(true);
    expect(touch(append('b', 's2', 't2'), everything)).toBe(true);
  });

  it('still touch the second of two that had the same id, once the first is gone', () => {
    const touching = new Touching();
    const [one, two] = [append('a', 's1', 't1'), append('a', 's1', 't2')];
    touching.add(one);
    touching.add(two);
    touching.delete(one);
    expect(touching.touches(append('a', 's1', 't3'))).toBe(true);
  });
});
