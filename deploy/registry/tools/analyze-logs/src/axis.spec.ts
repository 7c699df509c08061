import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Axis, Histogram, MAX_BUCKETS } from './axis.ts';

const moments = fc.array(fc.nat(40 * 86_400_000), { minLength: 1, maxLength: 80 });

function fill(values: readonly number[], axis = new Axis()): { axis: Axis; histogram: Histogram } {
  const histogram = new Histogram(axis);
  for (const [index, at] of values.entries()) {
    axis.extend(at);
    histogram.add(0, index + 1, at);
  }
  return { axis, histogram };
}

describe('a histogram on a growing axis', () => {
  it('loses no record, whatever the order in which times come', () => {
    fc.assert(
      fc.property(moments, (values) => {
        const { axis, histogram } = fill(values);
        expect(axis.size).toBeLessThanOrEqual(MAX_BUCKETS);
        expect(histogram.counts().reduce((sum, count) => sum + count, 0)).toBe(values.length);
      }),
    );
  });

  it('counts every record in the bucket that its time falls into', () => {
    fc.assert(
      fc.property(moments, (values) => {
        const { axis, histogram } = fill(values);
        const expected = new Uint32Array(axis.size);
        for (const at of values) expected[axis.slotOf(at)] = (expected[axis.slotOf(at)] ?? 0) + 1;
        expect(histogram.counts()).toEqual(expected);
      }),
    );
  });

  it('remembers the earliest record of each bucket', () => {
    fc.assert(
      fc.property(moments, (values) => {
        const { axis, histogram } = fill(values);
        for (const slot of new Set(values.map((at) => axis.slotOf(at)))) {
          const inSlot = values.filter((at) => axis.slotOf(at) === slot);
          expect(histogram.firstIn(slot, slot)?.at).toBe(Math.min(...inSlot));
        }
      }),
    );
  });

  it('holds the records of both when one absorbs the other', () => {
    fc.assert(
      fc.property(moments, moments, (mine, others) => {
        const axis = new Axis();
        const { histogram } = fill(mine, axis);
        histogram.absorb(fill(others, axis).histogram);
        const { histogram: expected } = fill([...mine, ...others], new Axis());
        expect(histogram.counts()).toEqual(expected.counts());
      }),
    );
  });
});
