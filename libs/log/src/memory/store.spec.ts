import { type Draft, sessionStory } from '@voorman/envelope';
import { describe, expect, it } from 'vitest';
import { sample, TENANT } from '../testing/samples.js';
import { memoryConnection } from './connection.js';
import { MemoryStore } from './store.js';
import { VirtualTime } from './virtual-time.js';

const cancelled: Draft = { type: 'task-cancelled', target: 'orchestrator', payload: { reason: 'enough' } };
const key = { tenant: TENANT, session: 's', task: 't', purpose: 'ttl' };

describe('a store in memory', () => {
  it('fires no timer early, even where its scheduler does', async () => {
    const time = new VirtualTime();
    const hasty = {
      nowMs: () => time.nowMs(),
      after: (ms: number, run: () => void) => time.after(ms > 1 ? ms - 1 : ms, run),
    };
    const store = new MemoryStore({ scheduler: hasty });
    const connection = memoryConnection(store, 'orchestrator');
    const firedMs: number[] = [];
    await connection.timers.follow(() => Promise.resolve(void firedMs.push(time.nowMs())));
    const atMs = time.nowMs() + 1_000;
    await connection.timers.set(key, atMs);
    await time.wait(2_000);
    expect(firedMs).toHaveLength(1);
    expect(firedMs[0]).toBeGreaterThanOrEqual(atMs);
  });

  it('tells what nobody has settled yet', async () => {
    const time = new VirtualTime();
    const store = new MemoryStore({ scheduler: time });
    const { log, timers, inbox } = memoryConnection(store, 'orchestrator');
    expect(store.unsettled).toEqual({ records: 0, timers: 0, schedules: 0, inbox: 0 });
    store.durable('orchestrator');
    await log.append(sample({ source: 'orchestrator', session: 's', draft: cancelled }));
    await timers.set(key, time.nowMs() + 10_000);
    store.publish({ tenant: TENANT, publisher: 'crm', target: 'orchestrator', body: new Uint8Array() });
    expect(store.unsettled).toEqual({ records: 1, timers: 0, schedules: 1, inbox: 1 });
    await log.follow(() => Promise.resolve());
    await timers.follow(() => Promise.resolve());
    await inbox.follow(() => Promise.resolve());
    await time.wait(20_000);
    expect(store.unsettled).toEqual({ records: 0, timers: 0, schedules: 0, inbox: 0 });
  });

  it('shows a record in flight to nobody, and applies records in the order of their positions', async () => {
    const time = new VirtualTime();
    const store = new MemoryStore({ scheduler: time, cluster: true });
    const proposal = (id: string) => ({ subject: `log.journal.${TENANT}.s.t.w`, id, bytes: new Uint8Array() });
    const story = sessionStory(TENANT, 's');
    expect(store.propose(proposal('w.1'), 50)).toMatchObject({ kind: 'accepted', position: 1 });
    expect(store.propose(proposal('w.2'), 0)).toMatchObject({ kind: 'accepted', position: 2 });
    expect([store.last(story), store.propose(proposal('w.1'), 0)]).toEqual([0, { kind: 'in-flight' }]);
    await time.wait(50);
    expect(store.read(story, 0, 10).map((record) => record.id)).toEqual(['w.1', 'w.2']);
  });

  it('gives every process the same record, which none of them can change', async () => {
    const store = new MemoryStore();
    const { log } = memoryConnection(store, 'writer');
    await log.append(sample({ source: 'writer', session: 's' }));
    const [record] = (await log.read(sessionStory(TENANT, 's'), 0)).records;
    expect(Object.isFrozen(record?.payload)).toBe(true);
  });
});
