import { describe, expect, it } from 'vitest';
import type { Severity } from '../severity.ts';
import { Tally } from '../tally.ts';
import { type Change, changeOf } from './change.ts';
import { coverageOf } from './coverage.ts';
import { subjectsOf } from './subject.ts';

/** A log of 1,000 ordinary records, one a second, with one message more at the given seconds. */
function changeIn(severity: Severity, seconds: readonly number[]): Change | undefined {
  const tally = new Tally();
  const add = (second: number, level: Severity, message: string) =>
    tally.add({
      file: 0,
      line: second + 1,
      at: second * 1000,
      level,
      message,
      http: undefined,
      cause: '',
      causeLine: 0,
    });
  for (let second = 0; second < 1000; second++) add(second, 'info', 'ordinary');
  for (const second of seconds) add(second, severity, 'odd thing');
  const subject = subjectsOf(tally).find(({ text }) => text === 'odd thing');
  return subject === undefined ? undefined : changeOf(subject, coverageOf(tally, ['a.log'])(1));
}
const every = (step: number, from: number, to: number) =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);

describe('a message', () => {
  it('is new if the log ran for a tenth of its time without it', () => {
    expect(changeIn('error', [500])).toMatchObject({ kind: 'new', since: { at: 500_000 } });
    expect(changeIn('error', [50])?.kind).not.toBe('new');
  });

  it('is new without being trouble only if chance is excluded', () => {
    expect(changeIn('info', [500, 700, 900])).toBeUndefined();
    expect(changeIn('info', every(10, 500, 1000))).toMatchObject({ kind: 'new' });
  });

  it('goes on to the end, or does not', () => {
    expect(changeIn('error', every(10, 500, 1000))).toMatchObject({ isOngoing: true });
    expect(changeIn('error', every(10, 500, 800))).toMatchObject({ isOngoing: false });
  });

  it('bursts between quiet stretches', () => {
    const seconds = [...every(50, 0, 1000), ...every(1, 400, 450)];
    expect(changeIn('error', seconds)).toMatchObject({ kind: 'burst', since: { at: 400_000 }, isOngoing: false });
  });

  it('stops if it was regular and the log goes on without it', () => {
    expect(changeIn('info', every(5, 0, 700))).toMatchObject({ kind: 'stopped', since: { at: 695_000 } });
    expect(changeIn('info', every(5, 0, 960))).toBeUndefined();
  });

  it('does not change by going on evenly', () => {
    expect(changeIn('error', every(7, 0, 1000))).toBeUndefined();
  });
});
