import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testing/index.js';
import { fresh, sample } from '../testing/samples.js';
import { connectLog, type LogConnection } from './connection.js';
import { type Durability } from './group-commit.js';
import { servicesOnly } from './testing/jetstream-harness.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ topology: servicesOnly(['writer']) });
});
afterAll(() => server?.stop());

async function connected(durability?: Durability): Promise<LogConnection> {
  const credentials = server.credentialsFor('writer');
  if (!('nkeySeed' in credentials)) throw new Error('the writer has no key');
  const named = { servers: [server.url], name: 'writer', credentials };
  return connectLog(durability === undefined ? named : { ...named, durability });
}

/** How many of the records at these positions came in a batch. */
async function inBatches(positions: readonly number[]): Promise<number> {
  const owner = await jetstreamManager(await server.provisioner());
  const stored = await Promise.all(positions.map((seq) => owner.streams.getMessage('LOG', { seq })));
  return stored.filter((message) => message?.header.has('Nats-Batch-Id')).length;
}

/** Appends so many records of sessions of their own at once. */
async function appended(writer: LogConnection, count: number): Promise<number[]> {
  try {
    const records = Array.from({ length: count }, () => sample({ source: 'writer', session: fresh('s') }));
    return await Promise.all(records.map((record) => writer.log.append(record)));
  } finally {
    await writer.close();
  }
}

describe('appends that wait together', () => {
  it('travel as one batch where the server syncs each append to disk, as it is taken to do', async () => {
    expect(await inBatches(await appended(await connected(), 100))).toBe(100);
    expect(await inBatches(await appended(await connected('on-disk'), 100))).toBe(100);
  });

  it('travel alone where it does not: a batch would cost it more', async () => {
    expect(await inBatches(await appended(await connected('relaxed'), 100))).toBe(0);
  });

  it('travel alone where they are few', async () => {
    const positions = await appended(await connected(), 20);
    expect(new Set(positions).size).toBe(20);
    expect(await inBatches(positions)).toBe(0);
  });
});
