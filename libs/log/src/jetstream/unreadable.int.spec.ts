import { jetstream } from '@nats-io/jetstream';
import { encodeEnvelope, taskBoundary } from '@voorman/envelope';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAll } from '../decisions.js';
import { eventually, realClock } from '../testing/harness.js';
import { startTestServer, type TestServer } from '../testing/index.js';
import { fresh, sample, TENANT, textOf } from '../testing/samples.js';
import type { LogEvent } from './report.js';
import { type BreakableConnection, connectBreakable, servicesOnly } from './testing/jetstream-harness.js';

let server: TestServer;
let writer: BreakableConnection;
const events: LogEvent[] = [];

beforeAll(async () => {
  server = await startTestServer({ topology: servicesOnly(['writer', 'follower']) });
  writer = await connectBreakable(server, 'writer', { report: (event) => events.push(event) });
});
afterAll(async () => {
  await writer?.close();
  await server?.stop();
});

/** Puts something into the log that no writer of ours would. */
async function forge(subject: string, body: string | Uint8Array): Promise<number> {
  const owner = await server.provisioner();
  const { seq } = await jetstream(owner).publish(subject, body);
  await owner.close();
  return seq;
}

describe('a stored message that is no record', () => {
  it('is left out of what is read, and reported with its position', async () => {
    const session = fresh('junk');
    const boundary = taskBoundary(TENANT, session, 'task-1');
    await writer.log.append(sample({ source: 'writer', session, text: 'one' }));
    const junk = await forge(`log.journal.${TENANT}.${session}.task-1.writer`, 'not JSON');
    const other = encodeEnvelope(sample({ source: 'writer', session: 'another' }));
    await forge(`log.journal.${TENANT}.${session}.task-1.writer`, other);
    await forge(`log.*.${TENANT}.${session}.task-1.writer`, 'a star');
    await writer.log.append(sample({ source: 'writer', session, text: 'two' }));
    expect((await readAll(writer.log, boundary)).map(textOf)).toEqual(['one', 'two']);
    const reported = events.flatMap((event) => (event.kind === 'unreadable' ? [event.position] : []));
    expect(reported).toEqual([junk, junk + 1, junk + 2]);
  });

  it('does not end a page that has records behind it', async () => {
    const session = fresh('page');
    for (let count = 0; count < 5; count += 1) await forge(`log.journal.${TENANT}.${session}.task-1.writer`, 'junk');
    await writer.log.append(sample({ source: 'writer', session, text: 'behind' }));
    const page = await writer.log.read(taskBoundary(TENANT, session, 'task-1'), 0, 2);
    expect(page.records.map(textOf)).toEqual(['behind']);
  });

  it('moves no boundary: not its last position, not a condition, not a conflict', async () => {
    const session = fresh('unmoved');
    const boundary = taskBoundary(TENANT, session, 'task-1');
    const junk = () => forge(`log.journal.${TENANT}.${session}.task-1.writer`, 'junk');
    await junk();
    expect(await writer.log.last(boundary)).toBe(0);
    const first = await writer.log.append(sample({ source: 'writer', session }), { boundary, after: 0 });
    await junk();
    expect(await writer.log.last(boundary)).toBe(first);
    const second = await writer.log.append(sample({ source: 'writer', session }), { boundary, after: first });
    await junk();
    const late = writer.log.append(sample({ source: 'writer', session }), { boundary, after: first });
    await expect(late).rejects.toMatchObject({ code: 'log/condition-failed', position: second });
    expect(await readAll(writer.log, boundary)).toHaveLength(2);
  });

  it('is set aside at once when it was to wake somebody', async () => {
    const session = fresh('wake');
    const position = await forge(`log.follower.${TENANT}.${session}.task-1.writer`, 'junk');
    const follower = await connectBreakable(server, 'follower');
    const woken: unknown[] = [];
    const following = await follower.log.follow((record) => Promise.resolve(void woken.push(record)));
    const records = await eventually(realClock, 'the quarantine', async () => {
      const found = await readAll(writer.log, taskBoundary(TENANT, session, 'task-1'));
      return found.length === 1 && found;
    });
    expect(records[0]).toMatchObject({ type: 'record-quarantined', payload: { position, deliveries: 1 } });
    await eventually(realClock, 'the end of the delivery', () => following.held === 0);
    expect(woken).toEqual([]);
    await follower.close();
  });
});
