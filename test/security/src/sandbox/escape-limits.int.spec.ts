import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfinedTools, sandboxIsMissing } from '@voorman/executors/testing';
import { afterEach, describe, expect, it } from 'vitest';

const tools = new ConfinedTools();
const folders: string[] = [];
afterEach(async () => {
  await tools.end();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
const outputOf = (result: unknown) => (result as { output?: Record<string, number> }).output;

const FORKS = `let alive = 0; const started = [];
  const grow = () => new Promise((resolve) => { const child = spawn('sleep', ['20'], { stdio: 'ignore' });
    child.on('error', (fault) => resolve(fault.code)); child.on('spawn', () => { started.push(child); resolve(); }); });
  let code; while (!code && started.length < 150) code = await grow().catch((fault) => fault.code);
  for (const child of started) child.kill(); return { started: started.length, code: code ?? 'none' };`;

const HOGS = `const kept = []; for (let n = 0; n < args.mb / 16; n += 1) { kept.push(Buffer.alloc(16 * 2 ** 20, 1)); await new Promise((r) => setTimeout(r, 15)); }
  return { held: kept.length * 16 };`;

describe.skipIf(await sandboxIsMissing())('a program in a sandbox, compared with the same program without', () => {
  it('cannot fork without end', async () => {
    expect(outputOf(await tools.bare(FORKS))).toMatchObject({ started: 150, code: 'none' });
    const confined = outputOf(await tools.confined(FORKS, { processes: 40 }));
    expect(confined?.code).toBe('EAGAIN');
    expect(confined?.started).toBeLessThan(40);
  });

  it('of two sandboxes, one that forks without end leaves the other its share', async () => {
    const bomb = tools.confined(FORKS, { processes: 100 });
    expect(outputOf(await tools.confined(FORKS, { processes: 40 }))?.started).toBeGreaterThan(10);
    await bomb;
  });

  it('is ended when it takes more memory than its profile allows', async () => {
    expect(await tools.bare(HOGS, { mb: 480 })).toMatchObject({ output: { held: 480 } });
    expect(await tools.confined(HOGS, { memory_mb: 600 }, { mb: 480 })).toMatchObject({ output: { held: 480 } });
    expect(await tools.confined(HOGS, { memory_mb: 128 }, { mb: 480 })).toMatchObject({
      kind: 'unknown',
      fault: { code: 'sandbox/memory', message: 'sample was ended: it used more than 128 MB of memory.' },
      retryable: false,
    });
  });

  it('is ended when its processes together take too much memory, each of which takes little', async () => {
    const body = `const hog = "const kept = Buffer.alloc(80 * 2 ** 20, 1); setTimeout(() => kept.length, 3000)";
      await Promise.all([1, 2, 3, 4].map(() => new Promise((resolve) => spawn(process.execPath, ['-e', hog]).on('close', resolve))));
      return { all: true };`;
    expect(await tools.confined(body, { memory_mb: 1_000 })).toMatchObject({ output: { all: true } });
    expect(await tools.confined(body, { memory_mb: 200 })).toMatchObject({ fault: { code: 'sandbox/memory' } });
  });

  it('cannot get at one stroke far more memory than its profile allows', async () => {
    const body = `return attempt(() => Buffer.alloc(3 * 2 ** 30).length);`;
    const confined = await tools.confined(body, { memory_mb: 128 });
    expect(confined).not.toMatchObject({ output: { did: expect.anything() } });
    expect(await tools.bare(body)).toMatchObject({ output: { did: 3 * 2 ** 30 } });
  });

  // The calls are named by their numbers.
  it.runIf(process.arch === 'x64')('cannot take memory that no limit counts', async () => {
    // memfd_create, shmget of 1 GiB, msgget, io_uring_setup.
    const calls = ['319, $x, 0', '29, 0, 1073741824, 0777', '68, 0, 0777', '425, 8, 0'];
    const body = `return { said: args.calls.map((call) => spawnSync('/usr/bin/perl', ['-e', 'my $x = "x"; exit(syscall(' + call + ') < 0 ? $! + 0 : 0)']).status) };`;
    expect(await tools.confined(body, {}, { calls })).toMatchObject({ output: { said: [1, 1, 1, 1] } });
    expect(await tools.bare(body, { calls: calls.slice(0, 1) })).toMatchObject({ output: { said: [0] } });
  });

  it('is ended when it computes for longer than its profile allows', async () => {
    const body = `const used = () => { const { user, system } = process.cpuUsage(); return user + system; };
      while (used() < 1_600_000) for (let n = 0; n < 1e6; n += 1); return { done: true };`;
    expect(await tools.bare(body, {}, { timeout_ms: 60_000 })).toMatchObject({ output: { done: true } });
    expect(await tools.confined(body, { cpu_seconds: 1 }, {}, { timeout_ms: 60_000 })).toMatchObject({
      kind: 'unknown',
      fault: { code: 'sandbox/cpu' },
    });
  });

  it('is ended when its children, one after another, compute for too long', async () => {
    const body = `for (let n = 0; n < 12; n += 1) spawnSync(process.execPath, ['-e', 'while (process.cpuUsage().user < 300000) for (let n = 0; n < 1e6; n += 1);']);
      return { done: true };`;
    expect(await tools.confined(body, { cpu_seconds: 60 }, {}, { timeout_ms: 60_000 })).toMatchObject({
      output: { done: true },
    });
    expect(await tools.confined(body, { cpu_seconds: 2 }, {}, { timeout_ms: 60_000 })).toMatchObject({
      fault: { code: 'sandbox/cpu' },
    });
  });

  it('cannot fill the disk through /tmp or shared memory', async () => {
    const body = `const part = Buffer.alloc(2 ** 20, 1); const sizes = {};
      for (const place of ['/tmp', '/dev/shm']) { let written = 0;
        try { for (let n = 0; n < 30; n += 1) { fs.writeFileSync(place + '/part-' + n, part); written += 1; } } catch (fault) { sizes.code = fault.code; }
        sizes[place] = written; for (let n = 0; n < 30; n += 1) fs.rmSync(place + '/part-' + n, { force: true }); }
      return sizes;`;
    expect(outputOf(await tools.bare(body))).toMatchObject({ '/tmp': 30 });
    const confined = outputOf(await tools.confined(body, { tmp_mb: 8 }));
    expect(confined).toMatchObject({ code: 'ENOSPC' });
    expect(confined?.['/tmp']).toBeLessThanOrEqual(8);
    expect(confined?.['/dev/shm']).toBeLessThanOrEqual(8);
  });

  it('is ended when it makes files without end, however small', async () => {
    const body = `for (let n = 0; n < 200_000; n += 1) fs.writeFileSync('/tmp/' + n, ''); return { made: true };`;
    expect(await tools.confined(body)).toMatchObject({ fault: { code: 'sandbox/files' } });
  });

  it('cannot write a file that is larger than allowed, where it may write at all', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'voorman-writable-'));
    folders.push(folder);
    const { chmodSync } = await import('node:fs');
    chmodSync(folder, 0o777);
    const body = `return attempt(() => fs.writeFileSync(args.file, Buffer.alloc(20 * 2 ** 20)));`;
    const file = join(folder, 'large');
    expect(await tools.confined(body, { writable: [folder], file_mb: 4 }, { file })).toMatchObject({
      output: { code: 'EFBIG' },
    });
    expect(statSync(file).size).toBeLessThanOrEqual(4 * 2 ** 20);
    expect(await tools.bare(body, { file })).not.toHaveProperty('output.code');
  });

  it('is ended at the time of its profile where that is less than its manifest’s', async () => {
    const began = performance.now();
    const result = await tools.confined(`await new Promise((resolve) => setTimeout(resolve, 8000)); return {};`, {
      seconds: 1,
    });
    expect(result).toMatchObject({ kind: 'unknown', fault: { code: 'tool/timeout' } });
    expect(performance.now() - began).toBeLessThan(4_000);
  });
});
