import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Finished, voorman } from '../testing/command-line.js';
import { writeLeakingRegistry } from '../testing/leaking-registry.js';

// A loaded machine starts a stack in half a minute.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

// Put together here, so that no scanner of this repository takes one for real; each stands nowhere else.
const random = (seed: string): string => Buffer.from(`${seed}-${seed}-${seed}`).toString('hex').slice(0, 30);
const PLANTED = {
  goal: `ghp_${random('goal').padEnd(36, '7')}`,
  'value of a goal': `goal-${random('word')}`,
  attachment: `sk_live_${random('attached')}`,
  'result of a tool': `xoxb-123456789012-1234567890123-${random('result').slice(0, 24)}`,
  'key of a result': `glpat-${random('key').slice(0, 20)}`,
  'field of a result': `word-${random('field')}`,
  'standard error of a tool': `npm_${random('stderr').padEnd(36, '7')}`,
  'fault of a tool': `fault-${random('fault')}`,
  'header of a call': `portal-${random('header')}`,
} as const;

describe('a secret that was planted', () => {
  let data: string;
  let portal: Server;
  let heard: string;
  const said: string[] = [];

  const run = async (...args: string[]): Promise<Finished> => {
    const finished = await voorman([...args, '--data', data]);
    said.push(finished.out, finished.err);
    return finished;
  };

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'voorman-secrets-'));
    portal = createServer((request, response) => {
      heard = String(request.headers['x-portal-key']);
      response.end(JSON.stringify({ seen: `key ${heard} of ${JSON.stringify(request.headers)}` }));
    });
    await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve));
    const registry = join(data, 'own-registry');
    await writeLeakingRegistry(registry, `http://127.0.0.1:${(portal.address() as AddressInfo).port}/`, {
      stderr: `the token ${PLANTED['standard error of a tool']}`,
      fault: `password=${PLANTED['fault of a tool']}`,
      key: PLANTED['key of a result'],
      result: `found ${PLANTED['result of a tool']}`,
      word: PLANTED['field of a result'],
    });
    await mkdir(join(data, 'secrets'), { recursive: true });
    await writeFile(join(data, 'secrets', 'portal-key'), PLANTED['header of a call'], { mode: 0o600 });
    const up = await run('up', '--detach', '--registry', registry);
    expect(up.code, up.err).toBe(0);
    await writeFile(join(data, 'attached.log'), `2026-03-01T10:00:00Z ERROR refused: ${PLANTED.attachment}\n`);
    const plant = `with ${PLANTED.goal} and password=${PLANTED['value of a goal']}`;
    for (const verb of ['leak', 'stumble']) {
      await run('run', `Please ${verb} ${plant}`, '--attach', join(data, 'attached.log'), '--session', verb);
      await run('log', '--session', verb, '--json');
      await run('decision-log', '--session-id', verb, '--json');
    }
    await run('status', '--json');
  });
  afterAll(async () => {
    await voorman(['down', '--data', data]);
    portal.close();
    await rm(data, { recursive: true, force: true });
  });

  it('was used: the service got its key, the tools ran, and a mark stands where something was taken out', () => {
    expect(heard).toBe(PLANTED['header of a call']);
    const all = said.join('\n');
    expect(all).toContain('The result is ready.');
    for (const kind of ['api-key', 'password']) expect(all).toContain(`[redacted:${kind}]`);
    expect(all).toContain('It failed with');
  });

  it.each(Object.entries(PLANTED))(
    'in the %s stands in no record, and nothing that a command prints',
    (_where, secret) => {
      expect(said.filter((text) => text.includes(secret)).map((text) => around(text, secret))).toEqual([]);
    },
  );

  it('stands in nothing that a service wrote, in its output or on the log’s own disk', async () => {
    const found: string[] = [];
    for (const file of await written(data)) {
      const text = await readFile(file, 'latin1');
      for (const [where, secret] of Object.entries(PLANTED)) {
        if (text.includes(secret)) found.push(`${where}: ${file.slice(data.length)}: ${around(text, secret)}`);
      }
    }
    expect(found).toEqual([]);
  });
});

const around = (text: string, secret: string): string => {
  const at = text.indexOf(secret);
  return text.slice(Math.max(0, at - 200), at + secret.length + 50);
};

/**
 * What the stack wrote, but for what it was given as it is: the attachment, which bots share by reference, the secrets
 * folder, the registry's own files; and the inbox, which holds a goal until the foreman has taken it up.
 */
const GIVEN = /\/(?:own-registry|secrets|attachments|tools)\/|\/attached\.log$|\/(?:OBJ_|INBOX)[^/]*\//;

async function written(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !GIVEN.test(file));
}
