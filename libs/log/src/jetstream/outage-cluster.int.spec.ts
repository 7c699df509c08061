import { sessionStory, taskBoundary } from '@voorman/envelope';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAll } from '../decisions.js';
import { eventually, realClock } from '../testing/harness.js';
import { startTestCluster, type TestCluster } from '../testing/index.js';
import { fresh, sample, TENANT, textOf } from '../testing/samples.js';
import { connectBreakable, servicesOnly } from './testing/jetstream-harness.js';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startTestCluster({ topology: servicesOnly(['writer', 'follower']) });
});
afterAll(async () => {
  await cluster?.stop();
});

const TASKS = 64;
const ROUNDS = 20;

describe('a log on three servers', () => {
  it('records everything once and wakes for all of it when its leader is killed', { timeout: 120_000 }, async () => {
    const [writer, follower] = [await connectBreakable(cluster, 'writer'), await connectBreakable(cluster, 'follower')];
    const session = fresh('leader');
    const tasks = Array.from({ length: TASKS }, (_, index) => `task-${index}`);
    const woken = new Set<number>();
    const following = await follower.log.follow((record) => Promise.resolve(void woken.add(record.position)));
    let appended = 0;
    const all = tasks.map(async (task) => {
      const boundary = taskBoundary(TENANT, session, task);
      for (let after = 0, round = 0; round < ROUNDS; round += 1) {
        const record = sample({ source: 'writer', session, task, target: 'follower', text: `${round}` });
        after = await writer.log.append(record, { boundary, after });
        appended += 1;
      }
    });
    await eventually(realClock, 'appends on their way', () => appended > 200);
    const leader = await cluster.leaderOf('LOG');
    await cluster.kill(leader);
    const atKill = appended;
    await Promise.all(all);
    expect(atKill).toBeLessThan(TASKS * ROUNDS);
    const boundary = sessionStory(TENANT, session);
    const end = await writer.log.last(boundary);
    const story = await eventually(realClock, 'the whole story', async () => {
      const records = await readAll(writer.log, boundary);
      return records.at(-1)?.position === end && records;
    });
    for (const task of tasks) {
      const rounds = story.filter((record) => record.task_id === task).map(textOf);
      expect(rounds).toEqual(Array.from({ length: ROUNDS }, (_, round) => `${round}`));
    }
    await eventually(realClock, 'every wake-up', () => story.every(({ position }) => woken.has(position)), 20_000);
    await following.drain();
    await cluster.restart(leader);
    await Promise.all([writer.close(), follower.close()]);
  });
});
