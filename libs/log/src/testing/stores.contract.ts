import { createHash } from 'node:crypto';
import { type Draft, type Recorded, sessionStory } from '@voorman/envelope';
import { expect, it } from 'vitest';
import { readAll } from '../decisions.js';
import type { GivenUp } from '../given-up.js';
import type { InboxMessage } from '../inbox.js';
import type { Payloads } from '../payloads.js';
import type { ContractCase } from './contract-case.js';
import { eventually } from './harness.js';
import { fresh, sample, TENANT } from './samples.js';

const MEBIBYTE = 2 ** 20;

/** Content that comes in pieces, different for each seed. */
async function* pieces(seed: number, bytes: number, size = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < bytes; sent += size) {
    yield Uint8Array.from(
      { length: Math.min(size, bytes - sent) },
      (_, index) => (seed * 31 + sent / size + index) % 251,
    );
  }
}

/** Digest and size of what a reference leads to. */
async function digestOf(content: AsyncIterable<Uint8Array>): Promise<{ digest: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of content) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { digest: `sha256:${hash.digest('hex')}`, bytes };
}

/** A record whose payload is far above 64 KiB. */
const large = (target: string): Draft => ({
  type: 'task-completed',
  target,
  payload: {
    state: 'OUTPUT',
    answer: 'It was the cache.',
    evidence: [],
    data: {
      lines: Array.from({ length: 4_000 }, (_, index) => `${index} the quick brown fox jumps over the lazy dog`),
    },
  },
});

/** What holds of everything that is no record: content, messages from outside, bundles. */
export function storesContract({ connected, harness, clock }: ContractCase): void {
  it('carries a payload above 64 KiB so that nobody notices, reading or following', async () => {
    const { log } = await connected('writer');
    const reader = await connected('reader');
    const session = fresh('large');
    const followed: Recorded[] = [];
    const following = await reader.log.follow((record) => {
      if (record.correlation_id === session) followed.push(record);
      return Promise.resolve();
    });
    const envelope = sample({ source: 'writer', session, draft: large('reader') });
    const position = await log.append(envelope);
    await eventually(clock(), 'the large record', () => followed.length === 1);
    const [read] = await eventually(clock(), 'the large record', async () => {
      const records = await readAll(reader.log, sessionStory(TENANT, session));
      return records.length === 1 && records;
    });
    expect(read).toMatchObject({ ...envelope, position });
    expect(read?.payloadRef?.bytes).toBeGreaterThan(64 * 1024);
    expect(followed[0]).toEqual(read);
    await following.drain();
  });

  it('streams an attachment of 5 MB in and out, the same under the same reference', async () => {
    const { payloads } = await connected('writer');
    const reader = await connected('reader');
    const ref = await payloads.put(pieces(1, 5 * MEBIBYTE), 'text/plain');
    const sent = await digestOf(pieces(1, 5 * MEBIBYTE));
    expect(ref).toMatchObject({ ...sent, media_type: 'text/plain', ref: expect.stringMatching(/^payloads_writer\//) });
    expect(await digestOf(reader.payloads.open(ref))).toEqual(sent);
    expect(await payloads.put(pieces(1, 5 * MEBIBYTE, 10_000), 'text/plain')).not.toEqual(ref);
    expect(await payloads.put(pieces(1, 5 * MEBIBYTE), 'text/plain')).toEqual(ref);
  });

  it('keeps empty content', async () => {
    const { payloads } = await connected('writer');
    const ref = await payloads.put(pieces(0, 0), 'text/plain');
    expect(ref.bytes).toBe(0);
    expect(await digestOf(payloads.open(ref))).toMatchObject({ bytes: 0 });
  });

  it('says that content is missing, or that it is not what its reference says', async ({ skip }) => {
    const { payloads } = await connected('writer');
    const read = (from: Payloads, ref: Parameters<Payloads['open']>[0]) => digestOf(from.open(ref));
    const ref = await payloads.put(pieces(2, MEBIBYTE), 'text/plain');
    const elsewhere = { ...ref, ref: `payloads_writer/${'0'.repeat(64)}` };
    await expect(read(payloads, elsewhere)).rejects.toMatchObject({ code: 'log/payload-missing' });
    const wrong = { ...ref, digest: `sha256:${'0'.repeat(64)}` };
    await expect(read(payloads, wrong)).rejects.toMatchObject({ code: 'log/payload-corrupt' });
    const corrupt = harness().faults?.corrupt;
    if (!corrupt) skip('this harness cannot corrupt content');
    await corrupt?.(ref);
    await expect(read(payloads, ref)).rejects.toMatchObject({ code: 'log/payload-corrupt' });
  });

  it('brings messages from outside until they are taken, always under the same position', async ({ skip }) => {
    const publish = harness().publish;
    if (!publish) skip('this harness has no inbox');
    const { inbox } = await connected('orchestrator');
    const publisher = fresh('crm');
    const seen: InboxMessage[] = [];
    const following = await inbox.follow((message) => {
      if (message.publisher !== publisher) return Promise.resolve();
      seen.push(message);
      return seen.length === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve();
    });
    await publish?.(TENANT, publisher, 'sre-bot', new TextEncoder().encode('not even JSON'));
    await eventually(clock(), 'the second delivery', () => seen.length === 2);
    await clock().wait(1_500);
    expect(seen).toHaveLength(2);
    expect(seen[1]).toMatchObject({ tenant: TENANT, publisher, target: 'sre-bot', position: seen[0]?.position });
    expect(new TextDecoder().decode(seen[1]?.body)).toBe('not even JSON');
    await following.drain();
  });

  it('gives up a message from outside after its last delivery, with the reason, and only once that was taken', async ({
    skip,
  }) => {
    const publish = harness().publish;
    if (!publish) skip('this harness has no inbox');
    const { inbox } = await connected('orchestrator');
    const publisher = fresh('crm');
    const isMine = (message: InboxMessage) => message.publisher === publisher;
    let calls = 0;
    const given: [InboxMessage, GivenUp][] = [];
    const following = await inbox.follow(
      (message) => {
        if (!isMine(message)) return Promise.resolve();
        calls += 1;
        return Promise.reject(new Error('the shelf is full'));
      },
      {
        maxDeliveries: 2,
        giveUp: (message, why) => {
          if (isMine(message)) given.push([message, why]);
          return given.length === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve();
        },
      },
    );
    await publish?.(TENANT, publisher, 'sre-bot', new TextEncoder().encode('{}'));
    await eventually(clock(), 'the second attempt to give it up', () => given.length === 2);
    await clock().wait(4_500);
    expect([calls, given.length]).toEqual([2, 2]);
    const [message, why] = given[1] ?? [];
    expect(message).toMatchObject({ tenant: TENANT, publisher, target: 'sre-bot' });
    expect(why).toEqual({
      position: message?.position,
      subject: `inbox.${TENANT}.${publisher}.sre-bot`,
      consumer: 'orchestrator',
      deliveries: expect.any(Number),
      reason: expect.stringContaining('the shelf is full'),
    });
    await following.drain();
  });

  it('shares bundles and hints at changes', async () => {
    const { bundles } = await connected('writer');
    const { bundles: reader } = await connected('reader');
    const name = fresh('bundle');
    expect(await reader.get(name)).toBeUndefined();
    const changed: string[] = [];
    const stop = reader.watch((bundle) => changed.push(bundle));
    for (const content of ['one', 'two']) {
      changed.length = 0;
      await bundles.put(name, new TextEncoder().encode(content));
      await eventually(clock(), 'the hint', () => changed.includes(name));
      const stored = await eventually(clock(), `bundle ${content}`, async () => {
        const text = new TextDecoder().decode(await reader.get(name));
        return text === content && text;
      });
      expect(stored).toBe(content);
    }
    stop();
  });
}
