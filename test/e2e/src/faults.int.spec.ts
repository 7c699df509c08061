import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Finished, voorman } from './testing/command-line.js';
import { type Status } from './testing/stack.js';

/** What every refusal of a command is: one document on standard error, nothing on standard output, a code. */
const refusal = ({ out, err }: Finished) => {
  expect(out).toBe('');
  return (JSON.parse(err) as { error: { code: string; message: string; next: string } }).error;
};

// A loaded machine starts a stack in half a minute.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe('bad input', () => {
  let folder = '';
  const data = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'voorman-faults-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('on the command line is told in a sentence, with code 2', async () => {
    for (const args of [
      ['--bogus'],
      ['bogus'],
      ['run'],
      ['run', 'x', '--bogus'],
      ['run', 'x', '--ttl', '0'],
      ['scale', 'b', '33'],
    ]) {
      const finished = await voorman([...args, '--json', '--data', data('none')]);
      expect(finished.code, args.join(' ')).toBe(2);
      expect(refusal(finished)).toMatchObject({ code: 'cli/usage', next: expect.stringContaining('--help') });
    }
    const { code, err } = await voorman(['run', 'x', '--bogus']);
    expect(code).toBe(2);
    expect(err.trim()).toBe("Unknown option '--bogus'. See ./voorman run --help.");
  });

  it('of a command that needs a stack where none runs says how to start one, with code 3', async () => {
    const commands = [
      ['status'],
      ['run', 'x'],
      ['log', '--session', 's'],
      ['tail'],
      ['cancel', 's'],
      ['access', 'crm'],
      ['scale', 'b', '2'],
    ];
    for (const args of commands) {
      const finished = await voorman([...args, '--json', '--data', data('none')]);
      expect(finished.code, args.join(' ')).toBe(3);
      expect(refusal(finished).next).toContain('./voorman up --detach');
    }
    expect((await voorman(['down', '--data', data('none')])).code).toBe(0);
  });

  it('such as a folder of a newer version is refused, and the folder stays as it is', async () => {
    await mkdir(data('newer'));
    await writeFile(join(data('newer'), 'version'), '99\n');
    for (const more of [[], ['--detach']]) {
      const finished = await voorman(['up', ...more, '--json', '--data', data('newer')]);
      expect(finished.code).toBe(1);
      expect(refusal(finished)).toMatchObject({ code: 'cli/data-folder', next: expect.stringContaining('--data') });
    }
    expect(await readdir(data('newer'))).toEqual(['version']);
  });

  it('such as a data folder that cannot be one is refused', async () => {
    await writeFile(data('file'), '');
    const finished = await voorman(['up', '--detach', '--json', '--data', data('file')]);
    expect(finished.code).toBe(1);
    expect(refusal(finished)).toMatchObject({ code: 'cli/data-folder' });
  });

  it('such as tools that are too old or missing is refused, and nothing half-started is left', async () => {
    const old = data('nats-server');
    await writeFile(old, '#!/bin/sh\necho "nats-server: v2.10.3"\n');
    await chmod(old, 0o755);
    for (const env of [{ VOORMAN_NATS_SERVER: old }, { VOORMAN_OPA: data('no-such-opa') }]) {
      const finished = await voorman(['up', '--detach', '--json', '--data', data('tools')], {
        env: { ...process.env, ...env },
      });
      expect(finished.code).toBe(78);
      expect(refusal(finished)).toMatchObject({ code: 'tool/setting', next: expect.stringMatching(/newer/) });
      expect((await voorman(['status', '--data', data('tools')])).code).toBe(3);
    }
  });

  it('such as a policy that cannot be used leaves a stack that refuses everything, and says so with code 5', async () => {
    await mkdir(data('policies'));
    await writeFile(join(data('policies'), 'entrypoints.yaml'), 'entrypoints: [broken/decision]\n');
    await writeFile(join(data('policies'), 'broken.rego'), 'package broken\n\nallow if {\n');
    const own = ['--json', '--data', data('refused')];
    const env = { ...process.env, VOORMAN_POLICIES: data('policies') };
    const troubles = [
      expect.objectContaining({
        name: 'policy',
        code: 'policy/rejected',
        message: expect.stringContaining('broken.rego'),
      }),
    ];
    try {
      const up = await voorman(['up', '--detach', '--relaxed', ...own], { env });
      expect(up.code, up.err).toBe(5);
      expect(JSON.parse(up.out)).toMatchObject({ troubles });
      expect(JSON.parse((await voorman(['status', ...own])).out)).toMatchObject({ phase: 'ready', troubles });
      const asked = await voorman(['run', 'Why are requests failing?', ...own]);
      expect(asked.code).toBe(13);
    } finally {
      await voorman(['down', ...own]);
    }
  });

  it('such as a broken manifest is left out and named; a port that was taken meanwhile is replaced', async () => {
    await mkdir(join(data('registry'), 'agents', 'broken'), { recursive: true });
    const broken = join(data('registry'), 'agents', 'broken', 'agent.yaml');
    await writeFile(broken, 'name: broken\n  version: [\n');
    const blocker = createServer();
    await new Promise<void>((listening) => blocker.listen(0, '127.0.0.1', listening));
    const { port } = blocker.address() as { port: number };
    await mkdir(data('taken'));
    await writeFile(join(data('taken'), 'nats-ports.json'), JSON.stringify({ port, monitorPort: port }));
    try {
      const up = await voorman(['up', '--detach', '--data', data('taken'), '--registry', data('registry')]);
      expect(up.code, up.err).toBe(0);
      expect(up.out).toContain(`Port ${port} of the last time is taken`);
      expect(up.out).toContain(`Left out: ${broken}:`);
      const status = JSON.parse((await voorman(['status', '--json', '--data', data('taken')])).out) as Status;
      expect(status.problems).toEqual([expect.objectContaining({ file: broken, line: expect.any(Number) })]);
      expect(status.nats.url).not.toContain(`:${port}`);
    } finally {
      await voorman(['down', '--data', data('taken')]);
      blocker.close();
    }
  });
});
