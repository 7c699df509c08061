import { describe, expect, it } from 'vitest';
import type { Decider } from './decider.js';
import { type BoundaryLog, decideUntilQuiet } from './until-quiet.js';

/** Counts to three, then is quiet; 'note' is a fact from outside that lets the last step happen. */
interface Fact {
  readonly type: 'counted' | 'noted' | 'done';
}
interface State {
  readonly counted: number;
  readonly noted: number;
  readonly done: boolean;
}
const counter: Decider<State, 'go', Fact> = {
  initial: { counted: 0, noted: 0, done: false },
  decide(_command, state) {
    if (state.counted < 3) return { type: 'counted' };
    return state.noted === 2 && !state.done ? { type: 'done' } : undefined;
  },
  evolve(state, record) {
    switch (record.type) {
      case 'counted':
        return { ...state, counted: state.counted + 1 };
      case 'noted':
        return { ...state, noted: state.noted + 1 };
      case 'done':
        return { ...state, done: true };
    }
  },
};

class ListLog implements BoundaryLog<Fact, Fact> {
  readonly records: (Fact & { position: number })[] = [];
  reads = 0;
  record(type: Fact['type']): void {
    this.records.push({ type, position: this.records.length + 1 });
  }
  readAfter(position: number) {
    this.reads += 1;
    return Promise.resolve(this.records.filter((record) => record.position > position));
  }
  lastPosition() {
    return Promise.resolve(this.records.length);
  }
  append(next: Fact, after: number): ReturnType<BoundaryLog<Fact, Fact>['append']> {
    if (this.records.length !== after) return Promise.resolve({ kind: 'conflict' as const, last: this.records.length });
    this.record(next.type);
    return Promise.resolve({ kind: 'appended' as const, record: { ...next, position: this.records.length } });
  }
}

describe('deciding until quiet', () => {
  it('appends one record after another until the decider has no more, and reads nothing on the way', async () => {
    const log = new ListLog();
    const question = { decider: counter, log, command: () => 'go' as const, expectsEmpty: true };
    const answer = await decideUntilQuiet(question);
    expect(answer.appended.map((record) => record.type)).toEqual(['counted', 'counted', 'counted']);
    expect(log.reads).toBe(0);
  });

  it('reads a boundary that it does not remember before it guesses', async () => {
    const log = new ListLog();
    log.record('counted');
    const append = log.append.bind(log);
    const refused: number[] = [];
    log.append = async (next, after) => {
      const result = await append(next, after);
      if (result.kind === 'conflict') refused.push(after);
      return result;
    };
    await decideUntilQuiet({ decider: counter, log, command: () => 'go' as const });
    expect(log.records).toHaveLength(3);
    expect(refused).toEqual([]);
  });

  it('catches up with whoever moved first and decides again', async () => {
    const log = new ListLog();
    log.record('counted');
    log.record('counted');
    const question = { decider: counter, log, command: () => 'go' as const, expectsEmpty: true };
    const answer = await decideUntilQuiet(question);
    expect(log.records).toHaveLength(3);
    expect(answer.state.counted).toBe(3);
  });

  it('notices a result that another replica was woken by, before it goes quiet', async () => {
    const log = new ListLog();
    for (const type of ['counted', 'counted', 'counted', 'noted', 'noted'] as const) log.record(type);
    const stale = { state: { counted: 3, noted: 1, done: false }, position: 4 };
    const answer = await decideUntilQuiet({ decider: counter, log, command: () => 'go' as const, cached: stale });
    expect(answer.appended.map((record) => record.type)).toEqual(['done']);
  });

  it('reads what lies between its cache and the record that woke it', async () => {
    const log = new ListLog();
    for (const type of ['counted', 'counted', 'counted', 'noted', 'noted'] as const) log.record(type);
    const stale = { state: { counted: 3, noted: 0, done: false }, position: 3 };
    const answer = await decideUntilQuiet({
      decider: counter,
      log,
      command: () => 'go' as const,
      cached: stale,
      wokenAt: 5,
    });
    expect(answer.state).toEqual({ counted: 3, noted: 2, done: true });
  });

  it('folds the record that woke it without a read, where nothing lies between it and the cache', async () => {
    const log = new ListLog();
    for (const type of ['counted', 'counted', 'counted', 'noted', 'noted'] as const) log.record(type);
    const cached = { state: { counted: 3, noted: 1, done: false }, position: 4 };
    const news = { type: 'noted' as const, position: 5 };
    const answer = await decideUntilQuiet({
      decider: counter,
      log,
      command: () => 'go' as const,
      cached,
      wokenAt: 5,
      news,
    });
    expect(answer.state).toEqual({ counted: 3, noted: 2, done: true });
    expect(log.reads).toBe(0);
  });

  it('does not fold the record that woke it twice', async () => {
    const log = new ListLog();
    for (const type of ['counted', 'counted', 'counted', 'noted'] as const) log.record(type);
    const cached = { state: { counted: 3, noted: 1, done: false }, position: 4 };
    const news = { type: 'noted' as const, position: 4 };
    const answer = await decideUntilQuiet({ decider: counter, log, command: () => 'go' as const, cached, news });
    expect(answer.state.noted).toBe(1);
  });

  it('reads what may have slipped in before its own record, where the log did not see all that was in flight', async () => {
    const log = new ListLog();
    log.append = (next) => {
      log.record('noted');
      log.record(next.type);
      return Promise.resolve({ kind: 'appended', record: { ...next, position: log.records.length }, gap: true });
    };
    const answer = await decideUntilQuiet({ decider: counter, log, command: () => 'go' as const });
    expect(log.records.map((record) => record.type)).toEqual([
      'noted',
      'counted',
      'noted',
      'counted',
      'noted',
      'counted',
    ]);
    expect(answer.state).toEqual({ counted: 3, noted: 3, done: false });
  });

  it('gives up with a retryable error when the boundary never rests', async () => {
    const log = new ListLog();
    const append = log.append.bind(log);
    log.append = (next, after) => {
      log.record('noted');
      return append(next, after);
    };
    await expect(
      decideUntilQuiet({ decider: counter, log, command: () => 'go' as const, maxConflicts: 5 }),
    ).rejects.toMatchObject({ code: 'decider/restless-boundary', retryable: true });
  });
});
