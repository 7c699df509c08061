import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cycleIn, readySteps } from './order.js';

const step = (id: string, ...depends_on: string[]) => ({ id, depends_on });
const diamond = [step('a'), step('b', 'a'), step('c', 'a'), step('d', 'b', 'c')];

describe('the order of steps', () => {
  it('lets a step begin once everything it depends on is done', () => {
    const done = new Set(['a', 'b']);
    const ready = readySteps(
      diamond,
      (id) => done.has(id),
      (id) => done.has(id),
    );
    expect(ready.map((s) => s.id)).toEqual(['c']);
  });

  it('names steps that wait for each other', () => {
    expect(cycleIn([step('a', 'c'), step('b', 'a'), step('c', 'b')])).toEqual(['a', 'c', 'b', 'a']);
    expect(cycleIn(diamond)).toBeUndefined();
  });

  it('runs every acyclic graph to its end, whatever finishes first', () => {
    const graphs = fc
      .integer({ min: 1, max: 12 })
      .chain((size) =>
        fc.tuple(
          ...Array.from({ length: size }, (_, index) =>
            fc
              .subarray(Array.from({ length: index }, (_x, before) => `s${before}`))
              .map((needs) => step(`s${index}`, ...needs)),
          ),
        ),
      );
    fc.assert(
      fc.property(graphs, fc.infiniteStream(fc.nat()), (steps, picks) => {
        const done = new Set<string>();
        while (done.size < steps.length) {
          const ready = readySteps(
            steps,
            (id) => done.has(id),
            (id) => done.has(id),
          );
          expect(ready.length).toBeGreaterThan(0);
          const next = ready[picks.next().value % ready.length];
          if (next) done.add(next.id);
        }
      }),
    );
  });
});
