import { createHash } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { sessionStory } from '@voorman/envelope';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAll } from '../decisions.js';
import { startTestServer, type TestServer } from '../testing/index.js';
import { fresh, sample, TENANT } from '../testing/samples.js';
import { type BreakableConnection, connectBreakable, servicesOnly } from './testing/jetstream-harness.js';

const MEBIBYTE = 2 ** 20;
let server: TestServer;
let writer: BreakableConnection;

beforeAll(async () => {
  server = await startTestServer({ topology: servicesOnly(['writer', 'reader', 'orchestrator']) });
  writer = await connectBreakable(server, 'writer');
});
afterAll(async () => {
  await writer?.close();
  await server?.stop();
});

/** Content of which every piece differs. */
async function* content(mebibytes: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < mebibytes * 16; index += 1) yield Buffer.alloc(MEBIBYTE / 16, `${index} `);
}

const chunksStored = async (): Promise<number> => {
  const owner = await server.provisioner();
  const { state } = await (await jetstreamManager(owner)).streams.info('OBJ_payloads_writer');
  await owner.close();
  return state.messages;
};

describe('large content', () => {
  it('of 250 MB streams in and out in seconds, with a part of it in memory', { timeout: 60_000 }, async () => {
    const reader = await connectBreakable(server, 'reader');
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 20);
    const ref = await writer.payloads.put(content(250), 'text/plain');
    const hash = createHash('sha256');
    for await (const piece of reader.payloads.open(ref)) hash.update(piece);
    clearInterval(watch);
    expect(ref).toMatchObject({ bytes: 250 * MEBIBYTE, digest: `sha256:${hash.digest('hex')}` });
    // What lies there waiting for the collector is more on a busy machine; held whole, it would be 250.
    expect((most - before) / MEBIBYTE).toBeLessThan(150);
    await reader.close();
  });

  it('is not stored twice', async () => {
    const ref = await writer.payloads.put(content(3), 'text/plain');
    const stored = await chunksStored();
    expect(await writer.payloads.put(content(3), 'text/plain')).toEqual(ref);
    expect(await chunksStored()).toBe(stored);
  });

  it('leaves nothing behind when its source breaks off', async () => {
    const stored = await chunksStored();
    const broken = async function* () {
      yield* content(3);
      throw new Error('the disk went away');
    };
    await expect(writer.payloads.put(broken(), 'text/plain')).rejects.toThrow('the disk went away');
    expect(await chunksStored()).toBe(stored);
  });
});

describe('a payload', () => {
  it('that looks like a reference is read as what was written', async () => {
    const session = fresh('lookalike');
    const lookalike = {
      ref: 'payloads_orchestrator/none',
      digest: `sha256:${'0'.repeat(64)}`,
      bytes: 1,
      media_type: 'text/plain',
    };
    // Only the orchestrator writes what publishers wrote, which may be anything.
    const orchestrator = await connectBreakable(server, 'orchestrator');
    const envelope = sample({
      source: 'orchestrator',
      session,
      draft: { type: 'task-requested', target: 'reader', payload: lookalike },
    });
    await orchestrator.log.append(envelope);
    await orchestrator.close();
    const [record] = await readAll(writer.log, sessionStory(TENANT, session));
    expect(record?.payload).toEqual(lookalike);
  });
});
