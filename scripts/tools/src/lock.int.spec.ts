import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whileHolding } from './lock.ts';

const never = new AbortController().signal;

const statOf = (pid: number): string[] => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
const isZombie = (pid: number): boolean => statOf(pid)[2] === 'Z';
const startTicksOf = (pid: number): string | undefined => statOf(pid)[21];

describe('the lock of a fetch', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'voorman-lock-'));
    file = join(folder, 'tool.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const hold = (action: () => Promise<string>): Promise<string> => whileHolding(file, () => undefined, never, action);

  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    const enter = async (): Promise<string> => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside--;
      return 'done';
    };
    await Promise.all([hold(enter), hold(enter), hold(enter)]);
    expect(most).toBe(1);
  });

  it('is free again after a failure', async () => {
    await expect(hold(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await hold(async () => 'second')).toBe('second');
  });

  it('is taken over from a process that is dead', async () => {
    writeFileSync(file, '4194305 17');
    expect(await hold(async () => 'mine')).toBe('mine');
  });

  it('is taken over from a dead process whose id another one has now', async () => {
    writeFileSync(file, `${process.pid} 1`);
    expect(await hold(async () => 'mine')).toBe('mine');
  });

  it.runIf(process.platform === 'linux')('is taken over from a process that ended but was never reaped', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 30'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(String(line));
    while (!isZombie(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
    writeFileSync(file, `${pid} ${startTicksOf(pid)}`);
    expect(await hold(async () => 'mine')).toBe('mine');
    parent.kill();
  });

  it('is taken over from a process that died before it could sign', async () => {
    writeFileSync(file, '');
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(file, longAgo, longAgo);
    expect(await hold(async () => 'mine')).toBe('mine');
  });

  it('is waited for until the caller has had enough', async () => {
    const ending = new AbortController();
    await hold(async () => {
      const second = whileHolding(
        file,
        () => ending.abort(new Error('enough')),
        ending.signal,
        async () => 'late',
      );
      await expect(second).rejects.toThrow();
      return 'first';
    });
  });
});
