import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTool } from '@voorman/registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder } from '../stack/data-folder.js';
import { type Fuzzing, fuzzTool } from './fuzzing.js';

const manifest = (port: number, more = 'effect: read', timeoutMs = 2_000) => `name: search
version: 1.0.0
type: api
endpoint: http://127.0.0.1:${port}/search
private_addresses: [127.0.0.1]
${more}
retry: { max_attempts: 1 }
timeout_ms: ${timeoutMs}
schema:
  input:
    type: object
    properties:
      text: { type: string, maxLength: 20000 }
      page: { type: integer, minimum: 0, maximum: 100 }
      order: { enum: [up, down, random] }
    required: [text, page]
  output: { results: array, total: integer }
`;

type Bug = 'server-error' | 'timeout' | 'bad-output' | 'no-json';

describe('fuzzing a service', () => {
  let folder: string;
  let server: Server;
  let bugs: readonly Bug[] = [];
  const closed: ServerResponse[] = [];

  const answer = (args: Record<string, unknown>, response: ServerResponse): void => {
    const has = (bug: Bug) => bugs.includes(bug);
    const say = (status: number, body: string) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    const { text, page, order } = args;
    if (typeof text !== 'string' || typeof page !== 'number' || page < 0) say(400, '{"error":"no"}');
    else if (has('server-error') && text.length > 50) say(500, '{}');
    else if (has('timeout') && page === 100) closed.push(response);
    else if (has('bad-output') && order === 'random') say(200, '{"results":[],"total":"many"}');
    else if (has('no-json') && order === 'down') say(200, '{"results":[');
    else say(200, '{"results":[],"total":0}');
  };

  const fuzzed = async (more: Partial<Fuzzing> = {}) =>
    fuzzTool(await loadTool(join(folder, 'tool.yaml')), {
      data: dataFolder(join(folder, 'data')),
      folders: [folder],
      count: 300,
      seed: 11,
      parallel: 16,
      allowEffects: false,
      progress: () => undefined,
      say: () => undefined,
      ...more,
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'voorman-fuzz-'));
    await mkdir(join(folder, 'data'));
    server = createServer((request: IncomingMessage, response) => {
      let body = '';
      request.on('data', (part: Buffer) => {
        body += part.toString();
      });
      request.on('end', () => answer(JSON.parse(body || '{}') as Record<string, unknown>, response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await writeFile(join(folder, 'tool.yaml'), manifest((server.address() as AddressInfo).port));
  });

  afterAll(async () => {
    for (const response of closed) response.destroy();
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  });

  it('finds nothing in one that is sound, and costs little enough for 500 inputs a second', async () => {
    bugs = [];
    const before = process.cpuUsage();
    const report = await fuzzed({ count: 3_000 });
    const { user, system } = process.cpuUsage(before);
    const perSecondOfWork = 3_000 / ((user + system) / 1e6);
    console.info(
      `fuzz: ${report.perSecond} inputs a second, ${Math.round(perSecondOfWork)} a second of processor time`,
    );
    expect(report).toMatchObject({ tried: 3_000, failures: [] });
    // Whatever else this machine does; the service and the generating of inputs are in it.
    expect(perSecondOfWork).toBeGreaterThan(500);
    expect(report.accepted).toBeGreaterThan(1_000);
    expect(report.refused).toBeGreaterThan(200);
  });

  it.each([
    ['server-error', 'a status of 500 on a long text', { page: 0 }],
    ['timeout', 'a number that it never answers', { page: 100, text: '' }],
    ['bad-output', 'an output that breaks its own schema', { order: 'random', page: 0, text: '' }],
  ] as const)('finds and shrinks a %s: %s', async (bug, _what, smallest) => {
    bugs = [bug];
    const { failures } = await fuzzed();
    expect(failures.map(({ kind }) => kind)).toEqual([bug]);
    expect(failures[0]?.smallest).toMatchObject(smallest);
    if (bug === 'server-error') expect(String(failures[0]?.smallest.text).length).toBe(51);
  });

  it('finds an answer that is no JSON', async () => {
    bugs = ['no-json'];
    const { failures } = await fuzzed();
    expect(failures).toMatchObject([{ kind: 'bad-output', smallest: { order: 'down', page: 0, text: '' } }]);
  });

  it('tells all of them apart in one run', async () => {
    bugs = ['server-error', 'timeout', 'bad-output'];
    const { failures } = await fuzzed();
    expect(failures.map(({ kind }) => kind).sort()).toEqual(['bad-output', 'server-error', 'timeout']);
  });

  it('says that nothing was tried where every input is refused', async () => {
    const { port } = server.address() as AddressInfo;
    await writeFile(join(folder, 'tool.yaml'), manifest(port).replace('private_addresses: [127.0.0.1]\n', ''));
    const report = await fuzzed({ count: 20 });
    expect(report.accepted).toBe(0);
    expect(report.refusals).toMatchObject([{ code: 'tool/address-refused', times: 20 }]);
  });

  it('leaves a tool alone that changes the world, unless somebody agreed to that', async () => {
    const { port } = server.address() as AddressInfo;
    bugs = [];
    for (const effect of ['once', 'repeatable']) {
      await writeFile(join(folder, 'tool.yaml'), manifest(port, `effect: ${effect}`));
      await expect(fuzzed()).rejects.toThrow(`search has the effect ${effect}: 300 tries`);
    }
    expect(await fuzzed({ count: 20, allowEffects: true })).toMatchObject({ tried: 20 });
  });
});
