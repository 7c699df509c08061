import { taskBoundary } from '@voorman/envelope';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAll } from '../decisions.js';
import { startTestServer, type TestServer } from '../testing/index.js';
import { fresh, sample, TENANT, textOf } from '../testing/samples.js';
import { type BreakableConnection, connectBreakable, servicesOnly } from './testing/jetstream-harness.js';

let server: TestServer;
let writer: BreakableConnection;
beforeAll(async () => {
  server = await startTestServer({ topology: servicesOnly(['writer']) });
  writer = await connectBreakable(server, 'writer');
});
afterAll(async () => {
  await writer?.close();
  await server?.stop();
});

describe('a long boundary', () => {
  const write = async (session: string, from: number, to: number): Promise<void> => {
    for (let text = from; text < to; text += 1) {
      await writer.log.append(sample({ source: 'writer', session, text: `${text}` }));
    }
  };
  const upTo = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index}`);

  it('is read whole, whatever is read ahead, by several at once', async () => {
    const session = fresh('long');
    await write(session, 0, 60);
    const boundary = taskBoundary(TENANT, session, 'task-1');
    const readers = [10, 10, 7].map(async (size) => {
      const texts: (string | undefined)[] = [];
      for (let after = 0, more = true; more; ) {
        const page = await writer.log.read(boundary, after, size);
        texts.push(...page.records.map(textOf));
        after = page.records.at(-1)?.position ?? after;
        more = page.more;
      }
      return texts;
    });
    for (const texts of await Promise.all(readers)) expect(texts).toEqual(upTo(60));
  });

  it('shows at its end what was appended while it was read', async () => {
    const session = fresh('growing');
    await write(session, 0, 35);
    const boundary = taskBoundary(TENANT, session, 'task-1');
    const texts: (string | undefined)[] = [];
    let after = 0;
    for (let turned = 0; turned < 3; turned += 1) {
      const page = await writer.log.read(boundary, after, 10);
      texts.push(...page.records.map(textOf));
      after = page.records.at(-1)?.position ?? after;
    }
    await write(session, 35, 38);
    texts.push(...(await readAll(writer.log, boundary, after)).map(textOf));
    const last = await writer.log.read(boundary, after, 10);
    expect(last.records).toHaveLength(8);
    expect(texts).toEqual(upTo(38));
  });
});
