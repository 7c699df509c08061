import type { Decider } from '@voorman/decider';
import { type Boundary, type Draft, type Recorded, taskBoundary } from '@voorman/envelope';
import { beforeEach, describe, expect, it } from 'vitest';
import { Decisions, readAll } from './decisions.js';
import { MemoryStore, memoryConnection } from './memory/index.js';
import { note, sample, TENANT } from './testing/samples.js';

/** Notes once, and counts notes. */
const counter: Decider<{ readonly count: number }, 'note', Draft, Recorded> = {
  initial: { count: 0 },
  decide: (_command, state) => (state.count === 0 ? note('first') : undefined),
  evolve: (state) => ({ count: state.count + 1 }),
};
const boundary = taskBoundary(TENANT, 's1', 'task-1');
const seal = { source: 'writer', tenant: TENANT, session: 's1', task: 'task-1', ttlSeconds: 60 };

let store: MemoryStore;
let ids = 0;
beforeEach(() => {
  store = new MemoryStore();
});
const decisions = (reading: (after: number, limit?: number) => void = () => undefined) => {
  const fresh = {
    next: () => {
      ids += 1;
      return `id-${ids}`;
    },
  };
  const { log } = memoryConnection(store, 'writer');
  const watched = {
    isReplicated: log.isReplicated,
    append: log.append.bind(log),
    last: log.last.bind(log),
    follow: log.follow.bind(log),
    read: (boundary: Boundary, after: number, limit?: number) => {
      reading(after, limit);
      return log.read(boundary, after, limit);
    },
  };
  return new Decisions(watched, counter, { nowMs: () => Date.now() }, fresh);
};
const byAnother = () =>
  memoryConnection(store, 'other-writer').log.append(sample({ source: 'other-writer', session: 's1' }));

describe('a decision that was woken in its boundary', () => {
  /** A process that has noted once, what others noted behind its back, and the record that wakes it. */
  const woken = async () => {
    const own = decisions();
    await own.decide({ boundary, command: () => 'note', seal });
    await byAnother();
    const position = await byAnother();
    const [record] = await readAll(memoryConnection(store, 'reader').log, boundary, position - 1);
    if (record === undefined) throw new Error('nothing woke anybody');
    const decide = async (aloneSince: number | undefined) => {
      const request = { boundary, command: () => 'note' as const, seal };
      return (await own.decide({ ...request, woken: { record, delivery: { count: 1, aloneSince } } })).state;
    };
    return decide;
  };

  it('reads what others may have written there', async () => {
    const decide = await woken();
    expect(await decide(undefined)).toEqual({ count: 3 });
  });

  it('reads it too where a replica may have been woken since the boundary began', async () => {
    const decide = await woken();
    expect(await decide(2)).toEqual({ count: 3 });
  });

  it('takes the waking record alone where nobody else was ever woken there', async () => {
    const decide = await woken();
    expect(await decide(1)).toEqual({ count: 2 });
  });
});

describe('a decision that is woken by what opens its boundary', () => {
  /** What a process knows that was never there, where somebody else wrote something that it does not heed before. */
  const woken = async (delivery: { count: number; aloneSince: number | undefined }, opens = true) => {
    await byAnother();
    const position = await byAnother();
    const [record] = await readAll(memoryConnection(store, 'reader').log, boundary, position - 1);
    if (record === undefined) throw new Error('nothing woke anybody');
    const request = { boundary, command: () => 'note' as const, seal };
    return (await decisions().decide({ ...request, woken: { record, delivery, opens } })).state;
  };

  it('begins with that record where nobody else can have been given it', async () => {
    expect(await woken({ count: 1, aloneSince: 2 })).toEqual({ count: 1 });
  });

  it.each([
    ['it may have been given to a replica', { count: 1, aloneSince: undefined }, true],
    ['it was alone only after it', { count: 1, aloneSince: 3 }, true],
    ['it was delivered before', { count: 2, aloneSince: 1 }, true],
    ['it opens nothing', { count: 1, aloneSince: 1 }, false],
  ])('reads the boundary where %s', async (_why, delivery, opens) => {
    expect(await woken(delivery, opens)).toEqual({ count: 2 });
  });
});

describe('a decision in a boundary that was begun here', () => {
  type Own = ReturnType<typeof decisions>;
  /** What is read of a boundary whose first record was written under this condition, and what was seen there. */
  const readIn = async (begin: (own: Own, first: number) => void, after: number | 'unconditional' = 0) => {
    const reads: (readonly [after: number, limit: number | undefined])[] = [];
    const own = decisions((from, limit) => reads.push([from, limit]));
    const record = sample({ source: 'other-writer', session: 's1' });
    const { log } = memoryConnection(store, 'other-writer');
    const first = await log.append(record, after === 'unconditional' ? undefined : { boundary, after });
    begin(own, first);
    const { state } = await own.decide({ boundary, command: () => 'note', seal });
    return { reads, state };
  };
  const begun = (own: Own, first: number) => own.begun(boundary, first);

  it('reads that record alone, and goes on from there', async () => {
    expect(await readIn(begun)).toEqual({ reads: [[0, 1]], state: { count: 1 } });
  });

  it('sees what came behind it', async () => {
    const { reads, state } = await readIn((own, first) => {
      begun(own, first);
      void byAnother();
    });
    expect(reads).toEqual([
      [0, 1],
      [1, undefined],
    ]);
    expect(state).toEqual({ count: 2 });
  });

  it('reads everything where that record was not written as the first', async () => {
    await byAnother();
    expect(await readIn(begun, 1)).toEqual({
      reads: [
        [1, 1],
        [0, undefined],
      ],
      state: { count: 2 },
    });
  });

  it.each([
    ['it was written under no condition', 'unconditional' as const, begun],
    ['there is nothing yet', 0 as const, (own: Own) => own.begun(boundary, 7)],
    [
      'it was forgotten',
      0,
      (own: Own, first: number) => {
        own.begun(boundary, first);
        own.forget(boundary);
      },
    ],
    ['nobody took note of it', 0, () => undefined],
  ])('reads everything where %s', async (_why, after, begin) => {
    const { reads, state } = await readIn(begin, after);
    expect(reads.at(-1)).toEqual([0, undefined]);
    expect(state).toEqual({ count: 1 });
  });
});

describe('a look at a boundary', () => {
  it('shows the state as it is recorded and records nothing', async () => {
    expect(await decisions().look(boundary)).toEqual({ count: 0 });
    expect(await memoryConnection(store, 'reader').log.last(boundary)).toBe(0);
  });

  it('sees what others recorded after the last decision', async () => {
    const own = decisions();
    await own.decide({ boundary, command: () => 'note', seal });
    await byAnother();
    await byAnother();
    expect(await own.look(boundary)).toEqual({ count: 3 });
  });

  it('waits for a decision that is under way', async () => {
    const own = decisions();
    const deciding = own.decide({ boundary, command: () => 'note', seal });
    expect(await own.look(boundary)).toEqual({ count: 1 });
    await deciding;
  });
});
