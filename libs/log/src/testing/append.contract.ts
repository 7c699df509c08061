import { type Recorded, serviceBoundary, sessionStory, taskBoundary } from '@voorman/envelope';
import { expect, it } from 'vitest';
import { readAll } from '../decisions.js';
import type { ContractCase } from './contract-case.js';
import { eventually } from './harness.js';
import { fresh, sample, TENANT, textOf } from './samples.js';

/** What an append promises, and what a reader then finds. */
export function appendContract({ connected, harness, clock }: ContractCase): void {
  /** Reads until a boundary shows this many records: a replica may be a moment behind. */
  const settled = (log: Parameters<typeof readAll>[0], boundary: ReturnType<typeof sessionStory>, count: number) =>
    eventually<Recorded[]>(clock(), `${count} records in ${boundary}`, async () => {
      const records = await readAll(log, boundary);
      return records.length >= count && records;
    });

  it('records an envelope whole, with its position, its time and the condition it was based on', async () => {
    const { log } = await connected('writer');
    const session = fresh('whole');
    const boundary = taskBoundary(TENANT, session, 'task-1');
    const fact = sample({ source: 'writer', session, text: 'a fact' });
    const decision = sample({ source: 'writer', session, text: 'a decision' });
    const first = await log.append(fact);
    const second = await log.append(decision, { boundary, after: first });
    const [one, two] = await settled(log, sessionStory(TENANT, session), 2);
    expect(one).toMatchObject({ ...fact, position: first });
    expect(one).not.toHaveProperty('condition');
    expect(two).toMatchObject({ ...decision, position: second, condition: { filter: boundary, after: first } });
    expect(Math.abs((two?.recordedAtMs ?? 0) - clock().nowMs())).toBeLessThan(60_000);
  });

  it('refuses an append whose boundary moved, and says where it ends now', async () => {
    const { log } = await connected('writer');
    const session = fresh('moved');
    const boundary = taskBoundary(TENANT, session, 'task-1');
    const first = await log.append(sample({ source: 'writer', session }), { boundary, after: 0 });
    const latecomer = log.append(sample({ source: 'writer', session }), { boundary, after: 0 });
    await expect(latecomer).rejects.toMatchObject({ code: 'log/condition-failed', after: 0, position: first });
    expect(await log.last(boundary)).toBe(first);
  });

  it('lets an append pass whose boundary rests, however much happens beside it', async () => {
    const { log } = await connected('writer');
    const session = fresh('beside');
    const boundary = taskBoundary(TENANT, session, 'task-1');
    const first = await log.append(sample({ source: 'writer', session }), { boundary, after: 0 });
    await log.append(sample({ source: 'writer', session, task: 'task-2' }));
    await log.append(sample({ source: 'writer', session: fresh('elsewhere') }));
    const second = await log.append(sample({ source: 'writer', session }), { boundary, after: first });
    expect(second).toBeGreaterThan(first + 2);
  });

  it('refuses a condition that does not cover its own record, and records nothing', async () => {
    const { log } = await connected('writer');
    const session = fresh('misfit');
    const misfit = log.append(sample({ source: 'writer', session }), {
      boundary: taskBoundary(TENANT, session, 'another-task'),
      after: 0,
    });
    await expect(misfit).rejects.toMatchObject({ code: 'log/boundary-misfit' });
    expect(await log.last(sessionStory(TENANT, session))).toBe(0);
  });

  it('recognises a repeated record by its id, with and without a condition', async () => {
    const { log } = await connected('writer');
    const session = fresh('repeated');
    const boundary = taskBoundary(TENANT, session, 'task-1');
    const fact = sample({ source: 'writer', session });
    const first = await log.append(fact);
    expect(await log.append(fact)).toBe(first);
    const decision = sample({ source: 'writer', session });
    const second = await log.append(decision, { boundary, after: first });
    await log.append(sample({ source: 'writer', session }));
    expect(await log.append(decision, { boundary, after: first })).toBe(second);
    expect(await settled(log, sessionStory(TENANT, session), 3)).toHaveLength(3);
  });

  it('says that an id is taken instead of passing another record off as recorded', async () => {
    const { log } = await connected('writer');
    const session = fresh('taken');
    const id = fresh('id');
    await log.append(sample({ source: 'writer', session, task: 'task-1', id }));
    const other = log.append(sample({ source: 'writer', session, task: 'task-2', id }));
    await expect(other).rejects.toMatchObject({ code: 'log/id-taken' });
  });

  it('refuses a record under another’s name', async ({ skip }) => {
    if (!harness().guarded) skip('this harness has no permissions');
    const { log } = await connected('writer');
    const session = fresh('forged');
    const forged = log.append(sample({ source: 'other-writer', session }));
    await expect(forged).rejects.toMatchObject({ code: 'log/forbidden', retryable: false });
    expect(await log.last(sessionStory(TENANT, session))).toBe(0);
  });

  it('recognises its own record when the acknowledgement was lost, even with others behind it', async ({ skip }) => {
    const lose = harness().faults?.loseNextAcknowledgement;
    if (!lose) skip('this harness cannot lose acknowledgements');
    const connection = await connected('writer');
    const other = await connected('other-writer');
    const session = fresh('lost-ack');
    const boundary = taskBoundary(TENANT, session, 'task-1');
    for (const condition of [undefined, { boundary, after: 0 }]) {
      const story = condition ? boundary : taskBoundary(TENANT, session, 'task-2');
      const decision = sample({ source: 'writer', session, task: condition ? 'task-1' : 'task-2', text: 'once' });
      lose?.(connection);
      const pending = connection.log.append(decision, condition);
      await eventually(
        clock(),
        'the record behind the lost acknowledgement',
        async () => (await other.log.last(story)) > 0,
      );
      await other.log.append(sample({ source: 'other-writer', session, task: decision.task_id, text: 'behind' }));
      const position = await pending;
      const records = await settled(other.log, story, 2);
      expect(records.map(textOf)).toEqual(['once', 'behind']);
      expect(records[0]?.position).toBe(position);
    }
  });

  it('reads a boundary page by page, oldest first, and only what belongs to it', async () => {
    const { log } = await connected('writer');
    const session = fresh('pages');
    for (let index = 0; index < 25; index += 1) {
      await log.append(sample({ source: 'writer', session, text: `${index}` }));
      await log.append(sample({ source: 'writer', session, task: 'task-2', text: 'beside' }));
    }
    const boundary = taskBoundary(TENANT, session, 'task-1');
    await settled(log, boundary, 25);
    const seen: Recorded[] = [];
    const sizes: [number, boolean][] = [];
    for (let after = 0; ; after = seen.at(-1)?.position ?? 0) {
      const page = await log.read(boundary, after, 10);
      seen.push(...page.records);
      sizes.push([page.records.length, page.more]);
      if (!page.more) break;
    }
    expect(sizes).toEqual([
      [10, true],
      [10, true],
      [5, false],
    ]);
    expect(seen.map(textOf)).toEqual(Array.from({ length: 25 }, (_, index) => `${index}`));
    expect(await log.read(boundary, seen.at(-1)?.position ?? 0)).toEqual({ records: [], more: false });
  });

  it('knows the last position of a boundary at once: 0, then each append', async () => {
    const { log } = await connected('writer');
    const { log: reader } = await connected('reader');
    const session = fresh('last');
    const boundary = serviceBoundary(TENANT, session, 'writer');
    expect(await reader.last(boundary)).toBe(0);
    for (let round = 0; round < 20; round += 1) {
      const position = await log.append(sample({ source: 'writer', session, task: `task-${round}` }));
      expect(await reader.last(boundary)).toBe(position);
    }
  });

  it('fails only the guilty one of many appends that travel together', async () => {
    const { log } = await connected('writer');
    const stories = Array.from({ length: 64 }, (_, index) => fresh(`batch-${index}`));
    const guilty = stories[31] ?? '';
    await log.append(sample({ source: 'writer', session: guilty }));
    const results = await Promise.allSettled(
      stories.map((session) =>
        log.append(sample({ source: 'writer', session }), {
          boundary: taskBoundary(TENANT, session, 'task-1'),
          after: 0,
        }),
      ),
    );
    expect(results.flatMap((result, index) => (result.status === 'rejected' ? [index] : []))).toEqual([31]);
    expect(results[31]).toMatchObject({ reason: { code: 'log/condition-failed' } });
    const ends = await Promise.all(stories.map((session) => log.last(sessionStory(TENANT, session))));
    const positions = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(ends.filter((_, index) => index !== 31)).toEqual(positions);
    expect(new Set(positions).size).toBe(63);
  });

  it('lets one of two pass that wait on the same boundary, also when they travel together', async () => {
    const { log } = await connected('writer');
    for (let round = 0; round < 20; round += 1) {
      const session = fresh('together');
      const boundary = serviceBoundary(TENANT, session, 'writer');
      const others = Array.from({ length: 16 }, () =>
        log.append(sample({ source: 'writer', session: fresh('beside') })),
      );
      const pair = await Promise.allSettled(
        ['task-1', 'task-2'].map((task) =>
          log.append(sample({ source: 'writer', session, task }), { boundary, after: 0 }),
        ),
      );
      await Promise.all(others);
      expect(pair.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    }
  });
}
