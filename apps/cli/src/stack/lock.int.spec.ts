import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holderOf, takeLock } from './lock.js';
import { startOf } from './process-mark.js';

describe('the lock of a data folder', () => {
  let folder = '';
  let file = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'voorman-lock-'));
    file = join(folder, 'supervisor.lock');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is held by one process at a time, and can be taken again once it was given back', async () => {
    const giveBack = await takeLock(file);
    expect((await holderOf(file))?.pid).toBe(process.pid);
    await expect(takeLock(file)).rejects.toMatchObject({ code: 'cli/already-running' });
    await giveBack();
    expect(await holderOf(file)).toBeUndefined();
    await (await takeLock(file))();
  });

  it('is taken over from a process that was killed, by exactly one of many', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    const startedAt = startOf(child.pid ?? 0);
    await writeFile(`${file}.3`, JSON.stringify({ pid: child.pid, startedAt }));
    expect((await holderOf(file))?.pid).toBe(child.pid);
    child.kill('SIGKILL');
    await new Promise((ended) => child.once('close', ended));
    expect(await holderOf(file)).toBeUndefined();

    for (let round = 0; round < 20; round += 1) {
      const tries = await Promise.allSettled(Array.from({ length: 20 }, () => takeLock(file)));
      const won = tries.filter((each) => each.status === 'fulfilled');
      expect(won).toHaveLength(1);
      expect(await readdir(folder)).toHaveLength(1);
      await won[0]?.value();
      await writeFile(`${file}.${round}`, JSON.stringify({ pid: child.pid, startedAt }));
    }
  });

  it('does not count when another process has its holder’s number by now, or when it was cut off', async () => {
    await writeFile(`${file}.1`, JSON.stringify({ pid: process.pid, startedAt: 'long ago' }));
    expect(await holderOf(file)).toBeUndefined();
    await writeFile(`${file}.1`, '{"pid":');
    expect(await holderOf(file)).toBeUndefined();
    await (await takeLock(file))();
  });
});
