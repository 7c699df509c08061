import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attachment } from '@voorman/envelope';
import type { Payloads } from '@voorman/log';
import { connectLog, type LogConnection } from '@voorman/log/jetstream';
import { startTestServer, type TestServer } from '@voorman/log/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AttachmentFiles } from './attachment-files.js';

let server: TestServer;
let cli: LogConnection;
let gateway: LogConnection;
let folder: string;
beforeAll(async () => {
  server = await startTestServer();
  const connect = (name: string) =>
    connectLog({ servers: [server.url], name, credentials: server.credentialsFor(name) });
  cli = await connect('cli');
  gateway = await connect('tool-gateway');
});
afterAll(async () => {
  await cli?.close();
  await gateway?.close();
  await server?.stop();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voorman-attachments-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function attached(text: string, name = 'app.log'): Promise<Attachment> {
  async function* content() {
    yield Buffer.from(text);
  }
  return { ...(await cli.payloads.put(content(), 'text/plain')), name };
}

/** The gateway's payloads, with the downloads counted. */
function counted(payloads: Payloads = gateway.payloads): Payloads & { opened: number } {
  const counting = {
    opened: 0,
    put: payloads.put.bind(payloads),
    open: (...args: Parameters<Payloads['open']>) => {
      counting.opened += 1;
      return payloads.open(...args);
    },
  };
  return counting;
}

describe('the attachments of a call', () => {
  it('become files that a program can read, wherever they stand in the arguments', async () => {
    const files = new AttachmentFiles(folder, gateway.payloads);
    const attachment = await attached('a line\n');
    const local = (await files.localise({ question: 'why', nested: { files: [attachment] } })) as {
      question: string;
      nested: { files: { path: string }[] };
    };
    expect(local).toMatchObject({
      question: 'why',
      nested: { files: [{ name: 'app.log', media_type: 'text/plain', bytes: 7 }] },
    });
    expect(local.nested.files[0]).not.toHaveProperty('ref');
    expect(await readFile(local.nested.files[0]?.path ?? '', 'utf8')).toBe('a line\n');
  });

  it('are fetched once, however many calls want them at the same time and later', async () => {
    const payloads = counted();
    const files = new AttachmentFiles(folder, payloads);
    const attachment = await attached('x'.repeat(300_000));
    await Promise.all(Array.from({ length: 20 }, () => files.localise([attachment, attachment])));
    await new AttachmentFiles(folder, payloads).localise(attachment);
    expect(payloads.opened).toBe(1);
    expect(await readdir(folder)).toEqual([attachment.digest.replace(':', '-')]);
  });

  it('are never taken from half a download', async () => {
    const attachment = await attached('y'.repeat(300_000));
    const breaking: Payloads = {
      put: gateway.payloads.put,
      async *open() {
        yield Buffer.from('yyyy');
        throw new Error('the connection was lost');
      },
    };
    await expect(new AttachmentFiles(folder, breaking).localise(attachment)).rejects.toThrow('the connection was lost');
    expect(await readdir(folder)).toEqual([]);
    const local = await new AttachmentFiles(folder, gateway.payloads).localise(attachment);
    expect((await stat((local as { path: string }).path)).size).toBe(300_000);
  });

  it('are not handed out when their content is not what the digest says', async () => {
    const attachment = { ...(await attached('honest\n')), digest: `sha256:${'0'.repeat(64)}` };
    const fetched = new AttachmentFiles(folder, gateway.payloads).localise(attachment);
    await expect(fetched).rejects.toMatchObject({ code: 'log/payload-corrupt' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('that lie nowhere are told by name', async () => {
    const attachment = { ...(await attached('there\n')), ref: 'payloads_cli/nothing' };
    const fetched = new AttachmentFiles(folder, gateway.payloads).localise(attachment);
    await expect(fetched).rejects.toMatchObject({ code: 'log/payload-missing' });
  });

  it('are forgotten when nobody used them for a day', async () => {
    const [old, used] = [join(folder, 'sha256-old'), join(folder, 'sha256-used')];
    await writeFile(old, 'old');
    await writeFile(used, 'used');
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    await utimes(old, yesterday, yesterday);
    const files = [new AttachmentFiles(folder, gateway.payloads), new AttachmentFiles(folder, gateway.payloads)];
    await Promise.all(files.map((each) => each.open()));
    expect(await readdir(folder)).toEqual(['sha256-used']);
  });
});
