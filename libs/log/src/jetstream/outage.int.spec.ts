import { type Recorded, sessionStory, taskBoundary } from '@voorman/envelope';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAll } from '../decisions.js';
import { LogUnavailableError } from '../errors.js';
import { eventually, realClock } from '../testing/harness.js';
import { startTestServer, type TestServer } from '../testing/index.js';
import { fresh, sample, TENANT, textOf } from '../testing/samples.js';
import { connectBreakable, servicesOnly } from './testing/jetstream-harness.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ topology: servicesOnly(['writer', 'follower', 'keeper']) });
});
afterAll(async () => {
  await server?.stop();
});

describe('a connection', () => {
  it('records everything once when the server is killed with appends in flight', { timeout: 60_000 }, async () => {
    const writer = await connectBreakable(server, 'writer');
    const session = fresh('killed');
    const tasks = Array.from({ length: 64 }, (_, index) => `task-${index}`);
    let appended = 0;
    const all = tasks.map(async (task) => {
      const boundary = taskBoundary(TENANT, session, task);
      for (let after = 0, round = 0; round < 30; round += 1) {
        after = await writer.log.append(sample({ source: 'writer', session, task, text: `${round}` }), {
          boundary,
          after,
        });
        appended += 1;
      }
    });
    await eventually(realClock, 'appends on their way', () => appended > 200);
    await server.kill();
    const atKill = appended;
    await server.restart();
    await Promise.all(all);
    expect(atKill).toBeLessThan(64 * 30);
    const story = await readAll(writer.log, sessionStory(TENANT, session));
    expect(story).toHaveLength(64 * 30);
    for (const task of tasks) {
      const rounds = story.filter((record) => record.task_id === task).map(textOf);
      expect(rounds).toEqual(Array.from({ length: 30 }, (_, round) => `${round}`));
    }
    await writer.close();
  });

  it('holds appends, reads and wake-ups while the server is away, says so, and goes on by itself', {
    retry: 2,
  }, async () => {
    const [writer, follower] = [await connectBreakable(server, 'writer'), await connectBreakable(server, 'follower')];
    const session = fresh('away');
    const boundary = taskBoundary(TENANT, session, 'task-1');
    const woken: Recorded[] = [];
    const following = await follower.log.follow((record) => Promise.resolve(void woken.push(record)));
    await server.kill();
    await eventually(realClock, 'the outage', () => !writer.health().connected);
    const append = writer.log.append(sample({ source: 'writer', session, target: 'follower' }), { boundary, after: 0 });
    const last = follower.log.last(boundary);
    await server.restart();
    const backAtMs = Date.now();
    const position = await append;
    // Sooner than an attempt that was thrown away on the way would have timed out.
    expect(Date.now() - backAtMs).toBeLessThan(1_500);
    expect([0, position]).toContain(await last);
    await eventually(realClock, 'the wake-up', () => woken.some((record) => record.position === position), 5_000);
    expect(writer.health()).toMatchObject({ connected: true, refusals: [] });
    await following.drain();
    await Promise.all([writer.close(), follower.close()]);
  });

  it('says that the log does not answer when its patience is at an end', async () => {
    const writer = await connectBreakable(server, 'writer', { patienceMs: 500 });
    await server.kill();
    const session = fresh('impatient');
    const fault = { code: 'log/unavailable', retryable: true };
    await expect(writer.log.append(sample({ source: 'writer', session }))).rejects.toMatchObject(fault);
    await expect(writer.log.last(sessionStory(TENANT, session))).rejects.toMatchObject(fault);
    await expect(writer.log.read(sessionStory(TENANT, session), 0)).rejects.toMatchObject(fault);
    await server.restart();
    await writer.close();
  });

  it('recognises every record of a batch whose acknowledgement was lost', async () => {
    const writer = await connectBreakable(server, 'writer');
    const sessions = Array.from({ length: 32 }, () => fresh('batch'));
    writer.loseNextAcknowledgement();
    const positions = await Promise.all(
      sessions.map((session) =>
        writer.log.append(sample({ source: 'writer', session }), { boundary: sessionStory(TENANT, session), after: 0 }),
      ),
    );
    const stories = await Promise.all(sessions.map((session) => readAll(writer.log, sessionStory(TENANT, session))));
    expect(stories.map((story) => story.map(({ position }) => position))).toEqual(
      positions.map((position) => [position]),
    );
    await writer.close();
  });
});

describe('a record whose handler cannot reach the log', () => {
  it('stays with it, and uses up no delivery', async () => {
    const [writer, keeper] = [await connectBreakable(server, 'writer'), await connectBreakable(server, 'keeper')];
    const session = fresh('kept');
    const counts: number[] = [];
    const following = await keeper.log.follow((_record, { count }) => {
      counts.push(count);
      return counts.length < 4 ? Promise.reject(new LogUnavailableError('a test')) : Promise.resolve();
    });
    await writer.log.append(sample({ source: 'writer', session, target: 'keeper' }));
    await eventually(realClock, 'the fourth attempt', () => counts.length === 4 && following.held === 0);
    expect(counts).toEqual([1, 1, 1, 1]);
    await Promise.all([writer.close(), keeper.close()]);
  });
});
